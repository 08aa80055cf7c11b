using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace FhirAspire.Dashboard.Api;

/// <summary>The OpenAPI document of <c>/api/v1</c>.</summary>
internal static class ApiDocument
{
    /// <summary>Its name.</summary>
    public const string Name = "v1";

    /// <summary>Its address.</summary>
    public const string Path = "/api/v1/openapi.json";

    public static void Configure(OpenApiOptions options)
    {
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, context, stop) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "FhirAspire", Version = "1",
                Description = $"What the dashboard shows, as JSON. Names of states are taken in any case. Without a login on loopback everything is open; else send a token as bearer. Commands (POST) need the role operator and the header {ApiEndpoints.CommandHeader}: 1. Faults are {{\"code\", \"message\"}}.",
            };
            // The address at which it was asked for is a matter of that request; paths stand for themselves.
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "Dashboard:ViewerToken or Dashboard:OperatorToken" };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, stop) =>
        {
            if (context.Description.HttpMethod == "POST")
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter { Name = ApiEndpoints.CommandHeader, In = ParameterLocation.Header, Required = true, Description = "1; a form of another site cannot send it", Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            }

            return Task.CompletedTask;
        });
    }
}
