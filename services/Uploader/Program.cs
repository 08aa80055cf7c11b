using FhirAspire.Uploader;
using FhirAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddUploader();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
