using FhirAspire.Dashboard;
using FhirAspire.ObjectStore;
using FhirAspire.ServiceDefaults;
using FhirAspire.Warehouse.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddDashboard();
if ((builder.Configuration["Warehouse:Kind"] ?? builder.Configuration["Warehouse:Provider"]) is not null)
{
    // Quarantine, storage and the account's credits are read there; DuckDB's file belongs to the process that writes it.
    builder.AddWarehouse();
}

if (builder.Configuration.GetSection(ObjectStoreOptions.Section).Exists())
{
    // What stands in a quarantined file is shown from there.
    builder.AddObjectStore();
}

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapDashboard();
return await app.RunServiceAsync();
