using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Adapters;

/// <summary><c>adapter</c>: the database as templates reach it (https://docs.getdbt.com/reference/dbt-jinja-functions/adapter). While parsing nothing is asked of the database.</summary>
internal sealed class AdapterObject(NodeScope scope) : JinjaObject
{
    private DbtSession Session => scope.Session;

    private IDbtAdapter Adapter => scope.Session.Adapter;

    private bool IsOffline => scope.Connection is null;

    public override string TypeName => "RuntimeDatabaseWrapper";

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "dispatch" => Host.Function(name, Dispatch),
            "type" => Host.Function(name, _ => Adapter.Type),
            "quote" => Host.Function(name, call => Adapter.Quote(Host.Text(call.Get(0, "identifier")))),
            "quote_as_configured" => Host.Function(name, QuoteAsConfigured),
            "quote_seed_column" => Host.Function(name, QuoteSeedColumn),
            "Relation" => new RelationClass(Adapter),
            "Column" => new ColumnClass(Adapter.Columns),
            "behavior" => new BehaviorFlags(),
            "config" => new RuntimeConfigObject(Session),
            "parse_index" => Host.Function(name, call => call.Get(0, "raw_index") is JinjaDict index ? new IndexConfig(index) : null),
            "get_hard_deletes_behavior" => Host.Function(name, HardDeletes),
            "is_motherduck" or "is_ducklake" or "disable_transactions" or "use_ducklake_table_workarounds" => Host.Function(name, _ => false),
            "already_exists" => Host.Function(name, call => Find(Session.Profile.Database, Host.Text(call.Get(0, "schema")), Host.Text(call.Get(1, "name"))) is not null),
            "get_binding_char" => Host.Function(name, _ => "?"),
            "warn_once" => Host.Function(name, WarnOnce),
            "nice_connection_name" => Host.Function(name, _ => scope.Node?.UniqueId ?? "<None>"),
            "convert_type" => Host.Function(name, call => SeedObject.TypeName(Adapter, call)),
            "render_raw_columns_constraints" => Host.Function(name, call => Constraints.Columns(scope, call)),
            "render_raw_model_constraints" => Host.Function(name, call => Constraints.Model(scope, call)),
            "standardize_grants_dict" => Host.Function(name, StandardizeGrants),
            "build_catalog_relation" or "get_catalog_integration" or "external_root" => Host.Function(name, _ => null),
            _ => IsOffline ? Offline(name) : Online(name),
        };
        return value is not null;
    }

    // What dbt answers while it parses.
    private JinjaFunction? Offline(string name) => name switch
    {
        "execute" => Host.Function(name, _ => new JinjaTuple(null, new AgateTable([], []))),
        "get_columns_in_relation" or "get_missing_columns" or "list_relations" or "list_relations_without_caching" or "get_column_schema_from_query" or "list_schemas" or "get_columns_in_table" or "get_catalog" or "get_pseudocolumns_for_relation" or "get_partitions_metadata" =>
            Host.Function(name, _ => new JinjaList()),
        "check_schema_exists" or "valid_incremental_strategies" => Host.Function(name, _ => name == "check_schema_exists" ? false : new JinjaList()),
        "get_relation" or "expand_target_column_types" or "create_schema" or "drop_schema" or "drop_relation" or "rename_relation" or "truncate_relation" or "commit" or "add_query" or "load_seed_rows"
            or "cache_added" or "cache_dropped" or "cache_renamed" or "verify_database" or "validate_sql" or "clear_transaction" or "get_incremental_strategy_macro" or "assert_valid_snapshot_target_given_strategy" or "load_dataframe" or "location_exists" =>
            Host.Function(name, _ => null),
        _ => null,
    };

    private JinjaFunction? Online(string name) => name switch
    {
        "execute" => Host.Function(name, Execute),
        "add_query" => Host.Function(name, call =>
        {
            var (response, table) = scope.Connection!.Execute(Host.Text(call.Get(0, "sql")), call.Get(1, "auto_begin") is not false, fetch: false);
            return new JinjaTuple(response, table);
        }),
        "commit" or "commit_if_has_connection" => Host.Function(name, _ =>
        {
            scope.Connection!.Commit();
            return string.Empty;
        }),
        "get_relation" => Host.Function(name, call => GetRelation(TextOrNull(call.Get(0, "database")), TextOrNull(call.Get(1, "schema")), TextOrNull(call.Get(2, "identifier")))),
        "list_relations" => Host.Function(name, call => new JinjaList(List(TextOrNull(call.Get(0, "database")), TextOrNull(call.Get(1, "schema"))))),
        "list_relations_without_caching" => Host.Function(name, call => call.Get(0, "schema_relation") is DbtRelation relation ? new JinjaList(CatalogQueries.List(scope.Connection!, Session, relation.Database, relation.Schema)) : new JinjaList()),
        "get_columns_in_relation" => Host.Function(name, call => new JinjaList(Columns(RelationOf(call, 0, "relation")))),
        "get_missing_columns" => Host.Function(name, MissingColumns),
        "get_column_schema_from_query" => Host.Function(name, call => new JinjaList(scope.Connection!.With(session => Adapter.QueryColumnsAsync(session, Host.Text(call.Get(0, "sql")), scope.Connection.CancellationToken)))),
        "expand_target_column_types" => Host.Function(name, ExpandTypes),
        "get_pseudocolumns_for_relation" => Host.Function(name, _ => new JinjaList()),
        "create_schema" => Host.Function(name, call => Run("create_schema", RelationOf(call, 0, "relation"), relation =>
        {
            scope.Connection!.Commit();
            Session.Relations.SetSchema(relation.Database, relation.Schema, Session.Relations.In(relation.Database, relation.Schema));
        })),
        "drop_schema" => Host.Function(name, call => Run("drop_schema", RelationOf(call, 0, "relation"), relation =>
        {
            scope.Connection!.Commit();
            Session.Relations.RemoveSchema(relation.Database, relation.Schema);
            if (Adapter.Type == "postgres")
            {
                // Views of other schemas may have gone with it; each schema is asked for again when it is needed.
                Session.Relations.Clear();
            }
        })),
        "drop_relation" => Host.Function(name, DropRelation),
        "rename_relation" => Host.Function(name, RenameRelation),
        "truncate_relation" => Host.Function(name, call => Run("truncate_relation", RelationOf(call, 0, "relation"), _ => { })),
        "check_schema_exists" => Host.Function(name, call => SchemaExists(TextOrNull(call.Get(0, "database")), Host.Text(call.Get(1, "schema")))),
        "list_schemas" => Host.Function(name, call => new JinjaList(CatalogQueries.Schemas(scope.Connection!, Session, TextOrNull(call.Get(0, "database")) ?? Session.Profile.Database))),
        "get_incremental_strategy_macro" => Host.Function(name, StrategyMacro),
        "valid_incremental_strategies" => Host.Function(name, _ => new JinjaList(Adapter.BuiltInStrategies)),
        "assert_valid_snapshot_target_given_strategy" => Host.Function(name, CheckSnapshotTarget),
        "load_seed_rows" => Host.Function(name, call => SeedObject.LoadRows(scope, call)),
        "cache_added" => Host.Function(name, call =>
        {
            Session.Relations.Add(RelationOf(call, 0, "relation"));
            return string.Empty;
        }),
        "cache_dropped" => Host.Function(name, call =>
        {
            Session.Relations.Remove(RelationOf(call, 0, "relation"));
            return string.Empty;
        }),
        "cache_renamed" => Host.Function(name, call =>
        {
            Session.Relations.Rename(RelationOf(call, 0, "from_relation"), RelationOf(call, 1, "to_relation"));
            return string.Empty;
        }),
        "verify_database" => Host.Function(name, _ => string.Empty),
        "validate_sql" => Host.Function(name, call => scope.Connection!.Execute("explain " + Host.Text(call.Get(0, "sql")), autoBegin: false, fetch: true).Response),
        "clear_transaction" => Host.Function(name, _ => string.Empty),
        "location_exists" => Host.Function(name, call => File.Exists(Host.Text(call.Get(0, "location")))),
        _ => null,
    };

    private object? Dispatch(JinjaCall call)
    {
        var name = Host.Text(call.Get(0, "macro_name"));
        if (name.Contains('.', StringComparison.Ordinal))
        {
            var parts = name.Split('.', 2);
            throw Host.Compilation($"In adapter.dispatch, got a macro name of \"{name}\", but \".\" is not a valid macro name component. Did you mean `adapter.dispatch(\"{parts[1]}\", macro_namespace=\"{parts[0]}\")`?", "DBT2111");
        }

        if (call.TryGetKeyword("packages", out var packages) && packages is not null)
        {
            throw Host.Compilation($"The \"packages\" argument of adapter.dispatch() has been deprecated. Use the \"macro_namespace\" argument instead.\n\nRaised during dispatch for: {name}", "DBT2111");
        }

        var macroNamespace = call.Get(1, "macro_namespace") switch
        {
            null => null,
            string text => text,
            var other => throw Host.Compilation($"In adapter.dispatch, got a {LibraryFunctions.TypeName(other)} macro_namespace argument (\"{Host.Text(other)}\"), but macro_namespace should be None or a string.", "DBT2111"),
        };
        foreach (var prefix in new[] { Adapter.Type, "default" })
        {
            scope.Record?.Look($"{prefix}__{name}");
        }

        var tried = new List<string>();
        return Session.Macros.Dispatch(name, macroNamespace, scope.Package, tried) is { } macro
            ? scope.Callable(macro)
            : throw new DbtException("DBT2112", DbtErrorKind.Compilation, $"In dispatch: No macro named '{name}' found within namespace: '{macroNamespace ?? "None"}'\n    Searched for: {string.Join(", ", tried.Select(item => $"'{item}'"))}")
            {
                Found = name, Expected = $"one of {string.Join(", ", tried)}", Hint = Text.DidYouMean($"{Adapter.Type}__{name}", Session.Macros.Names),
            };
    }

    private JinjaTuple Execute(JinjaCall call)
    {
        var (response, table) = scope.Connection!.Execute(Host.Text(call.Get(0, "sql")), call.Get(1, "auto_begin") is { } begin && Host.IsTrue(begin), call.Get(2, "fetch") is { } fetch && Host.IsTrue(fetch));
        return new JinjaTuple(response, table);
    }

    private string QuoteAsConfigured(JinjaCall call)
    {
        var identifier = Host.Text(call.Get(0, "identifier"));
        var quote = Adapter.ProjectQuote;
        var isQuoted = Host.Text(call.Get(1, "quote_key")) switch { "database" => quote.Database, "schema" => quote.Schema, _ => quote.Identifier };
        return isQuoted ? Adapter.Quote(identifier) : identifier;
    }

    private string QuoteSeedColumn(JinjaCall call)
    {
        var column = Host.Text(call.Get(0, "column"));
        // Without a word on it dbt quotes as the adapter does: DuckDB and PostgreSQL do, Snowflake does not.
        return call.Get(1, "quote_config") switch
        {
            bool isQuoted => isQuoted ? Adapter.Quote(column) : column,
            null or JinjaUndefined => Adapter.Type == "snowflake" ? column : Adapter.Quote(column),
            _ => throw Host.Compilation("The seed configuration value of \"quote_columns\" has an invalid type", "DBT3004"),
        };
    }

    private DbtRelation? GetRelation(string? database, string? schema, string? identifier)
    {
        var found = Find(database, schema, identifier);
        if (found is null)
        {
            return null;
        }

        var quote = Adapter.ProjectQuote;
        bool Same(string? own, string? asked, bool isQuoted) => string.Equals(own, asked, isQuoted && Adapter.Type != "snowflake" ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
        if (Same(found.Identifier, identifier, quote.Identifier) && Same(found.Schema, schema, quote.Schema) && (database is null || Same(found.Database, database, quote.Database)))
        {
            return found;
        }

        var asked = new DbtRelation(new DbtRelationParts(database, schema, identifier));
        throw new DbtException("DBT4005", DbtErrorKind.Compilation,
            $"When searching for a relation, dbt found an approximate match. Instead of guessing \nwhich relation to use, dbt will move on. Please delete {found.Render()}, or rename it to be less ambiguous.\nSearched for: {asked.Render()}\nFound: {found.Render()}")
        {
            Found = found.Render(), Expected = asked.Render(), Hint = "use the same case in both places",
        };
    }

    private DbtRelation? Find(string? database, string? schema, string? identifier)
    {
        database ??= Session.Profile.Database;
        if (schema is null)
        {
            return null;
        }

        if (!Session.Relations.Knows(database, schema))
        {
            Session.Relations.SetSchema(database, schema, CatalogQueries.List(scope.Connection!, Session, database, schema));
        }

        return Session.Relations.Find(database, schema, identifier);
    }

    private IReadOnlyCollection<DbtRelation> List(string? database, string? schema)
    {
        _ = Find(database, schema, string.Empty);
        return Session.Relations.In(database ?? Session.Profile.Database, schema);
    }

    // With dbt this begins the node's transaction, so that columns which a statement after it adds go when a later one fails.
    private IReadOnlyList<DbtColumn> Columns(DbtRelation relation)
    {
        scope.Connection!.Begin();
        return scope.Connection.With(session => Adapter.ColumnsAsync(session, relation, scope.Connection.CancellationToken));
    }

    private JinjaList MissingColumns(JinjaCall call)
    {
        var there = Columns(RelationOf(call, 1, "to_relation")).Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        return new JinjaList(Columns(RelationOf(call, 0, "from_relation")).Where(column => !there.Contains(column.Name)));
    }

    // Text columns that have become too narrow are widened; types without a length never are.
    private string ExpandTypes(JinjaCall call)
    {
        if (Adapter.Type == "duckdb")
        {
            return string.Empty;
        }

        var to = RelationOf(call, 1, "to_relation");
        var target = Columns(to).ToDictionary(column => column.Name, StringComparer.Ordinal);
        foreach (var source in Columns(RelationOf(call, 0, "from_relation")))
        {
            if (target.TryGetValue(source.Name, out var column) && column.CanExpandTo(source))
            {
                CallMacro("alter_column_type", call, to, source.Name, source.DataType);
            }
        }

        return string.Empty;
    }

    private string DropRelation(JinjaCall call)
    {
        var relation = RelationOf(call, 0, "relation");
        if (relation.Type is null)
        {
            throw Host.Compilation($"Tried to drop relation {relation.Render()}, but its type is null.", "DBT4004");
        }

        // Views that stand on the relation go with it.
        var dependents = Adapter.ListDependentsSql(relation) is { } query && Session.Relations.HasViews ? scope.Connection!.Query(query).Rows : [];
        return Run("drop_relation", relation, dropped =>
        {
            Session.Relations.Remove(dropped);
            foreach (var row in dependents)
            {
                Session.Relations.Remove(new DbtRelation(new DbtRelationParts(relation.Database, Val.Str(row[0]), Val.Str(row[1]))));
            }
        });
    }

    private string RenameRelation(JinjaCall call)
    {
        var from = RelationOf(call, 0, "from_relation");
        var to = RelationOf(call, 1, "to_relation");
        CallMacro("rename_relation", call, from, to);
        Session.Relations.Rename(from, to);
        return string.Empty;
    }

    private string Run(string macro, DbtRelation relation, Action<DbtRelation> then)
    {
        CallMacro(macro, null, relation);
        then(relation);
        return string.Empty;
    }

    private object? CallMacro(string name, JinjaCall? call, params object?[] arguments)
    {
        var macro = Session.Macros.Find(name, Session.Root.Name) ?? throw Host.Compilation($"dbt could not find a macro with the name \"{name}\" in any package");
        return call is null ? Session.Templates.Start(scope.Callable(macro), arguments) : scope.Callable(macro).Call(new JinjaCall(call.Context, arguments, [], call.Line));
    }

    private bool SchemaExists(string? database, string schema) =>
        CatalogQueries.Schemas(scope.Connection!, Session, database ?? Session.Profile.Database).Contains(schema, StringComparer.OrdinalIgnoreCase);

    private object? StrategyMacro(JinjaCall call)
    {
        var strategy = Host.Text(call.Get(1, "strategy"));
        var name = $"get_incremental_{strategy.Replace("+", "_", StringComparison.Ordinal)}_sql";
        if (Session.Macros.Find(name, scope.Package) is { } macro && (strategy == "default" || Adapter.BuiltInStrategies.Contains(strategy, StringComparer.Ordinal) || !Session.Macros.InternalPackages.Contains(macro.PackageName, StringComparer.Ordinal)))
        {
            return scope.Callable(macro);
        }

        throw new DbtException("DBT3005", DbtErrorKind.Runtime, $"dbt could not find an incremental strategy macro with the name \"{name}\" in {Session.Root.Name}")
        {
            Found = strategy, Expected = string.Join(", ", Adapter.BuiltInStrategies), Hint = Text.DidYouMean(strategy, Adapter.BuiltInStrategies) ?? $"or write a macro {name}",
        };
    }

    private string CheckSnapshotTarget(JinjaCall call)
    {
        var relation = RelationOf(call, 0, "relation");
        var names = call.Get(1, "column_names") as JinjaDict;
        var strategy = call.Get(2, "strategy") as JinjaDict;
        var there = Columns(relation).Select(column => column.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var needed = new List<string> { "dbt_scd_id", "dbt_valid_from", "dbt_valid_to" };
        if (strategy is not null && strategy.TryGetValue("hard_deletes", out var deletes) && deletes is "new_record")
        {
            needed.Add("dbt_is_deleted");
        }

        var missing = needed.Select(key => names is not null && names.TryGetValue(key, out var name) && name is string text ? text : key).Where(name => !there.Contains(name)).ToList();
        if (missing.Count == 0)
        {
            return string.Empty;
        }

        throw new DbtException("DBT4006", DbtErrorKind.Compilation, $"Snapshot target is missing configured columns (missing {string.Join(", ", missing.Select(name => $"\"{name}\""))}). See https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields for more information.")
        {
            Found = $"{relation.Render()} without {string.Join(", ", missing)}", Hint = "add the columns, or drop the table to begin anew",
        };
    }

    private object? HardDeletes(JinjaCall call)
    {
        var config = scope.Node?.Config;
        _ = call;
        var invalidate = config?.Get("invalidate_hard_deletes");
        var hard = config?.Get("hard_deletes");
        if (invalidate is not null && hard is not null)
        {
            throw Host.Compilation("You cannot set both the invalidate_hard_deletes and hard_deletes config properties on the same snapshot.", "DBT3006");
        }

        if (Val.IsTruthy(invalidate) || hard is "invalidate")
        {
            return "invalidate";
        }

        return hard switch
        {
            "new_record" => "new_record",
            null or "ignore" => "ignore",
            _ => throw Host.Compilation($"Invalid setting for property hard_deletes: {Val.Str(hard)}", "DBT3006"),
        };
    }

    private string WarnOnce(JinjaCall call)
    {
        var message = Host.Text(call.Get(0, "msg"));
        if (Session.Said.TryAdd(message, true))
        {
            Session.Log.Warn("AdapterEventWarning", message);
        }

        return string.Empty;
    }

    private static JinjaDict StandardizeGrants(JinjaCall call)
    {
        var grants = new JinjaDict();
        if (call.Get(0, "grants_table") is AgateTable table)
        {
            foreach (var row in table.Data)
            {
                var grantee = Host.Text(row[Math.Max(0, table.IndexOf("grantee"))]);
                var privilege = Host.Text(row[Math.Max(0, table.IndexOf("privilege_type") >= 0 ? table.IndexOf("privilege_type") : table.IndexOf("privilege"))]);
                if (!grants.TryGetValue(privilege, out var list))
                {
                    grants[privilege] = list = new JinjaList();
                }

                ((JinjaList)list!).Add(grantee);
            }
        }

        return grants;
    }

    private static string? TextOrNull(object? value) => value is null or JinjaUndefined ? null : Host.Text(value);

    private static DbtRelation RelationOf(JinjaCall call, int at, string name) =>
        call.Get(at, name) as DbtRelation ?? throw Host.Compilation($"expected a relation, got {LibraryFunctions.TypeName(call.Get(at, name))}", "DBT4007");
}

/// <summary>Flags of dbt's adapters that change behaviour: all are off.</summary>
internal sealed class BehaviorFlags : JinjaObject
{
    public override bool IsTrue => false;

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name is "no_warn" or "setting" ? false : this;
        return true;
    }
}

/// <summary>An index of a model's configuration.</summary>
internal sealed class IndexConfig(JinjaDict index) : JinjaObject
{
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "columns" => index.TryGetValue("columns", out var columns) ? columns : new JinjaList(),
            "unique" => index.TryGetValue("unique", out var unique) && Host.IsTrue(unique),
            "type" => index.TryGetValue("type", out var type) ? type : null,
            "render" => Host.Function(name, call => Text.Md5(string.Join('_', Host.Items(index["columns"]).Select(Host.Text)) + Host.Text(call.Get(0, "relation")) + Host.Repr(index))),
            _ => null,
        };
        return name is "columns" or "unique" or "type" or "render";
    }
}
