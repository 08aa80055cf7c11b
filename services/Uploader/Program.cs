using FhirAspire.Pipeline.Hosting;
using FhirAspire.ServiceDefaults;
using FhirAspire.Uploader;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddUploader();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapJobCommands();
return await app.RunServiceAsync();
