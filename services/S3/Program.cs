using FhirAspire.S3;
using FhirAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddS3();

var app = builder.Build();
app.MapDefaultEndpoints();
return await app.RunServiceAsync();
