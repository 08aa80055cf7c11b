using FhirAspire.Combined;
using FhirAspire.Dashboard;
using FhirAspire.DbtRunner;
using FhirAspire.Generator;
using FhirAspire.Loader;
using FhirAspire.Pipeline.Hosting;
using FhirAspire.ServiceDefaults;
using FhirAspire.Uploader;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
var services = ServiceNames.Read(builder.Configuration["Services"]);
foreach (var service in services)
{
    _ = service switch
    {
        ServiceNames.Generator => builder.AddGenerator(),
        ServiceNames.Uploader => builder.AddUploader(),
        ServiceNames.Loader => builder.AddLoader(),
        ServiceNames.DbtRunner => builder.AddDbtRunner(),
        _ => builder.AddDashboard(),
    };
}

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapJobCommands();
if (services.Contains(ServiceNames.Dashboard))
{
    app.MapDashboard();
}

return await app.RunServiceAsync();
