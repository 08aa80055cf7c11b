using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Hosting;

/// <summary>Refuses settings that would let strangers in; every fault with its key.</summary>
internal sealed class DashboardOptionsValidator : IValidateOptions<DashboardOptions>
{
    private const int ShortestToken = 20;

    public ValidateOptionsResult Validate(string? name, DashboardOptions options)
    {
        var faults = new List<string>();
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        faults.AddRange(results.Select(result => $"{DashboardOptions.Section}: {result.ErrorMessage}"));

        foreach (var (key, token) in new[] { (nameof(options.ViewerToken), options.ViewerToken), (nameof(options.OperatorToken), options.OperatorToken) })
        {
            if (token is { Length: > 0 and < ShortestToken })
            {
                faults.Add($"{DashboardOptions.Section}:{key} has {token.Length} characters; expected at least {ShortestToken} random ones.");
            }
        }

        if (options.ViewerToken is { Length: > 0 } && options.ViewerToken == options.OperatorToken)
        {
            faults.Add($"{DashboardOptions.Section}:ViewerToken and OperatorToken are equal; expected two different ones.");
        }

        faults.AddRange(options.Oidc.Faults().Select(fault => $"{DashboardOptions.Section}:Oidc:{fault}"));
        if (options.ReadFrom != MartsSource.Files && string.IsNullOrWhiteSpace(options.ReadConnectionString))
        {
            faults.Add($"{DashboardOptions.Section}:ReadFrom is {options.ReadFrom}, but {DashboardOptions.Section}:ReadConnectionString is not set; expected that of a role that can only read the marts.");
        }

        if (options.TrustedProxy is { } proxy && !IPAddress.TryParse(proxy, out _))
        {
            faults.Add($"{DashboardOptions.Section}:TrustedProxy is '{proxy}'; expected an IP address.");
        }

        if (options.CertificateFile is { } file && !File.Exists(file))
        {
            faults.Add($"{DashboardOptions.Section}:CertificateFile is '{file}', which is not there; expected a PKCS#12 file.");
        }

        if (!IPAddress.TryParse(options.Bind, out var address))
        {
            faults.Add($"{DashboardOptions.Section}:Bind is '{options.Bind}'; expected an IP address, such as 127.0.0.1 or 0.0.0.0.");
        }
        else if (!IPAddress.IsLoopback(address))
        {
            if (!options.NeedsLogin)
            {
                faults.Add($"{DashboardOptions.Section}:Bind is {options.Bind}, which others can reach, but no login is set; set {DashboardOptions.Section}:OperatorToken and ViewerToken, or Oidc, or bind to 127.0.0.1.");
            }

            if (options.CertificateFile is null && options.TrustedProxy is null)
            {
                faults.Add($"{DashboardOptions.Section}:Bind is {options.Bind}, which others can reach, without HTTPS; set {DashboardOptions.Section}:CertificateFile, or TrustedProxy where a proxy ends HTTPS.");
            }
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
