using FhirAspire.Generator;
using FhirAspire.Pipeline.Hosting;
using FhirAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddGenerator();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapJobCommands();
return await app.RunServiceAsync();
