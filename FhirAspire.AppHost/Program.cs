using FhirAspire.AppHost.Commands;

return await Root.InvokeAsync(args);
