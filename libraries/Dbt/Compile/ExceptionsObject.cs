using FhirAspire.Dbt.Adapters;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary><c>exceptions</c>: warnings and errors that templates raise.</summary>
internal sealed class ExceptionsObject(NodeScope scope) : JinjaObject
{
    public override string TypeName => "dict";

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "warn" => Host.Function(name, call => Warn("JinjaLogWarning", Host.Text(call.Get(0, "msg")))),
            "raise_compiler_error" => Host.Function(name, call => throw Host.Compilation(Host.Text(call.Get(0, "msg")), "DBT2108")),
            "raise_not_implemented" => Host.Function(name, call => throw new DbtException("DBT2109", DbtErrorKind.Compilation, Host.Text(call.Get(0, "msg")))),
            "raise_database_error" => Host.Function(name, call => throw new DbtException("DBT4002", DbtErrorKind.Database, Host.Text(call.Get(0, "msg")))),
            "raise_parsing_error" => Host.Function(name, call => throw new DbtException("DBT2110", DbtErrorKind.Parsing, Host.Text(call.Get(0, "msg")))),
            "raise_fail_fast_error" => Host.Function(name, call => throw new DbtException("DBT4003", DbtErrorKind.Runtime, Host.Text(call.Get(0, "msg")))),
            "raise_dependency_error" => Host.Function(name, call => throw new DbtException("DBT1204", DbtErrorKind.Dependency, Host.Text(call.Get(0, "msg")))),
            "raise_contract_error" => Host.Function(name, call => throw ContractErrors.Mismatch(scope, call)),
            "column_type_missing" => Host.Function(name, call => throw ContractErrors.MissingTypes(scope, call)),
            "relation_wrong_type" => Host.Function(name, WrongType),
            "missing_config" => Host.Function(name, call => throw Host.Compilation($"Model '{scope.Node?.UniqueId}' does not define a required config parameter '{Host.Text(call.Get(1, "name"))}'.")),
            "missing_relation" => Host.Function(name, call => throw Host.Compilation($"Relation {Host.Text(call.Get(0, "relation"))} not found!")),
            "warn_snapshot_timestamp_data_types" => Host.Function(name, call => Warn("SnapshotTimestampWarning", $"Data type of snapshot table timestamp columns ({Host.Text(call.Get(0, "snapshot_time_data_type"))}) doesn't match derived column 'updated_at' ({Host.Text(call.Get(1, "updated_at_data_type"))}). Please update snapshot config 'updated_at'.")),
            _ => null,
        };
        return value is not null;
    }

    private string Warn(string warning, string message)
    {
        scope.Session.Log.Warn(warning, message, scope.Node?.OriginalFilePath);
        return string.Empty;
    }

    private object? WrongType(JinjaCall call)
    {
        var relation = call.Get(0, "relation") as DbtRelation;
        var expected = Host.Text(call.Get(1, "expected_type"));
        throw Host.Compilation($"Trying to create {expected} {relation?.Str()}, but it currently exists as a {relation?.Type}. Either drop {relation?.Str()} manually, or run dbt with `--full-refresh` and dbt will drop it for you.", "DBT4004");
    }
}
