using System.ComponentModel;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FhirAspire.ServiceDefaults;

/// <summary>
/// Makes options whose faults name the key of the configuration, and tells a value that can't be read together with the other faults of its section. The section
/// is what the type's constant <c>Section</c> says, else its name without <c>Options</c>; named options are those of jobs.
/// </summary>
internal sealed partial class TellingOptionsFactory<TOptions>(
    IEnumerable<IConfigureOptions<TOptions>> setups, IEnumerable<IPostConfigureOptions<TOptions>> posts, IEnumerable<IValidateOptions<TOptions>> validations, IConfiguration configuration)
    : OptionsFactory<TOptions>(setups, posts, validations), IOptionsFactory<TOptions>
    where TOptions : class
{
    TOptions IOptionsFactory<TOptions>.Create(string name)
    {
        // The binder stops at the first such value. The property's default stands in for it until the others have been seen.
        var unreadable = new List<(string Key, string? Value, string Fault)>();
        try
        {
            while (true)
            {
                try
                {
                    var options = Create(name);
                    return unreadable.Count == 0 ? options : throw Faults([]);
                }
                catch (InvalidOperationException exception) when (ConfigurationFaults.Unreadable(exception, typeof(TOptions)) is { } fault && configuration[fault.Key] is { } value)
                {
                    unreadable.Add((fault.Key, value, fault.Text));
                    configuration[fault.Key] = DefaultOf(fault.Key);
                }
            }
        }
        catch (OptionsValidationException exception) when (exception.OptionsType == typeof(TOptions) && exception.OptionsName == name)
        {
            throw Faults(exception.Failures);
        }
        finally
        {
            foreach (var (key, value, _) in unreadable)
            {
                configuration[key] = value;
            }
        }

        OptionsValidationException Faults(IEnumerable<string> others)
        {
            var section = name.Length > 0 ? ConfigurationPath.Combine("Jobs", name) : SectionName();
            return new OptionsValidationException(Options.DefaultName, typeof(TOptions), [.. unreadable.Select(value => value.Fault), .. others.Select(failure => WithKey(section, failure))]);
        }
    }

    private static string SectionName() =>
        typeof(TOptions).GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string ?? typeof(TOptions).Name.Replace("Options", "", StringComparison.Ordinal);

    // What data annotations say names the class; the value is told where its type is none that holds secrets.
    private string WithKey(string section, string failure)
    {
        if (AnnotationMessage().Match(failure) is not { Success: true } found)
        {
            return failure;
        }

        var member = found.Groups["member"].Value;
        var error = found.Groups["error"].Value;
        var key = member.Length > 0 ? ConfigurationPath.Combine(section, member) : section;
        var plain = FieldMessage().Match(error);
        if (!plain.Success)
        {
            return member.Length > 0 && error.StartsWith(member + " ", StringComparison.Ordinal) ? key + error[member.Length..] : $"{key}: {error}";
        }

        var told = typeof(TOptions).GetProperty(member)?.PropertyType is { IsValueType: true } && configuration[key] is { } value ? $"{key} is '{value}'; it" : key;
        return $"{told} {plain.Groups["rest"].Value}";
    }

    // The end of the key is the way from the options to the property; where it is in a list or a dictionary there is no default.
    private static string? DefaultOf(string key)
    {
        var segments = key.Split(ConfigurationPath.KeyDelimiter);
        for (var start = 0; start < segments.Length; start++)
        {
            object? value = Activator.CreateInstance<TOptions>();
            PropertyInfo? property = null;
            foreach (var segment in segments[start..])
            {
                property = value?.GetType().GetProperty(segment, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
                value = property?.GetValue(value);
            }

            if (property is not null)
            {
                return value is null ? null : TypeDescriptor.GetConverter(value.GetType()).ConvertToInvariantString(value);
            }
        }

        return null;
    }

    [GeneratedRegex("^DataAnnotation validation failed for '[^']*' members: '(?<member>[^']*)' with the error: '(?<error>.*)'\\.$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex AnnotationMessage();

    [GeneratedRegex("^The field \\w+ (?<rest>must .*)$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex FieldMessage();
}
