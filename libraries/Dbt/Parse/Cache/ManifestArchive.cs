namespace FhirAspire.Dbt.Parse.Cache;

/// <summary>What of a manifest is stored: all that parsing gives, nothing that a run adds.</summary>
internal static class ManifestArchive
{
    /// <summary>Writes a manifest, or fills an empty one.</summary>
    public static void Pass(Archive archive, Manifest manifest)
    {
        Table(archive, manifest.Nodes, Node, node => node.UniqueId);
        Table(archive, manifest.Sources, Node, node => node.UniqueId);
        Table(archive, manifest.Exposures, Node, node => node.UniqueId);
        Table(archive, manifest.UnitTests, Node, node => node.UniqueId);
        Table(archive, manifest.Semantics, Node, node => node.UniqueId);
        Table(archive, manifest.Macros, Macro, macro => macro.UniqueId);
        Table(archive, manifest.Docs, Doc, doc => doc.UniqueId);
        Table(archive, manifest.Groups, Group, group => group.UniqueId);
        var disabled = archive.List([.. manifest.Disabled.Values], list => archive.List(list, node => Node(archive, node)));
        manifest.Selectors = archive.Map(manifest.Selectors);
        if (archive.IsReading)
        {
            foreach (var list in disabled)
            {
                manifest.Disabled[list[0].UniqueId] = list;
            }
        }
    }

    private static void Table<T>(Archive archive, OrderedDictionary<string, T> table, Func<Archive, T, T> item, Func<T, string> id)
    {
        var items = archive.List([.. table.Values], one => item(archive, one));
        if (archive.IsReading)
        {
            table.EnsureCapacity(items.Count);
            foreach (var one in items)
            {
                table[id(one)] = one;
            }
        }
    }

    private static DbtNode Node(Archive a, DbtNode? given)
    {
        var type = (DbtResourceType)a.Number((int)(given?.ResourceType ?? default));
        var id = a.Text(given?.UniqueId!);
        var name = a.Text(given?.Name!);
        var package = a.Text(given?.PackageName!);
        var path = a.Text(given?.Path!);
        var file = a.Text(given?.OriginalFilePath!);
        var fqn = a.Texts(given?.Fqn);
        var node = given ?? new DbtNode { ResourceType = type, UniqueId = id, Name = name, PackageName = package, Path = path, OriginalFilePath = file, Fqn = fqn };
        node.Alias = a.Text(node.Alias);
        node.Schema = a.TextOrNull(node.Schema);
        node.Database = a.TextOrNull(node.Database);
        node.RawCode = a.Text(node.RawCode);
        node.Language = a.Text(node.Language);
        node.ChecksumName = a.Text(node.ChecksumName);
        node.Checksum = a.Text(node.Checksum);
        node.Config = a.Map(node.Config);
        node.UnrenderedConfig = a.Map(node.UnrenderedConfig);
        node.ConfigCall = a.Map(node.ConfigCall);
        node.Tags = a.Texts(node.Tags);
        node.Meta = a.Map(node.Meta);
        node.Group = a.TextOrNull(node.Group);
        node.Access = a.TextOrNull(node.Access);
        node.Description = a.Text(node.Description);
        node.Docs = a.Map(node.Docs);
        node.PatchPath = a.TextOrNull(node.PatchPath);
        node.Refs = a.List(node.Refs, one => new RefArgs(a.Text(one?.Name!), a.TextOrNull(one?.Package), a.TextOrNull(one?.Version)) { IsVersionText = a.Flag(one?.IsVersionText ?? false) });
        node.Sources = a.List(node.Sources, one => (a.Text(one.Source), a.Text(one.Table)));
        node.DependsOnNodes = a.Texts(node.DependsOnNodes);
        node.DependsOnMacros = a.Texts(node.DependsOnMacros);
        node.OwnMacros = a.Texts(node.OwnMacros);
        node.Template = a.Flag(node.Template is not null) ? ParsedTemplate.Pass(a, node.Template) : null;
        node.RelationName = a.TextOrNull(node.RelationName);
        node.Contract = a.Map(node.Contract);
        node.ContractChecksum = a.TextOrNull(node.ContractChecksum);
        node.Version = a.Value(node.Version);
        node.LatestVersion = a.Value(node.LatestVersion);
        node.Constraints = a.Maps(node.Constraints);
        node.DeprecationDate = a.Value(node.DeprecationDate);
        node.TimeSpine = a.MapOrNull(node.TimeSpine);
        node.PrimaryKey = a.Texts(node.PrimaryKey);
        node.ColumnName = a.TextOrNull(node.ColumnName);
        node.AttachedNode = a.TextOrNull(node.AttachedNode);
        node.FileKeyName = a.TextOrNull(node.FileKeyName);
        node.Index = a.Flag(node.Index is not null) ? a.Number(node.Index ?? 0) : null;
        node.RootPath = a.TextOrNull(node.RootPath);
        node.DocBlocks = a.Texts(node.DocBlocks);
        node.UnrenderedDatabase = a.MapOrNull(node.UnrenderedDatabase);
        node.CreatedAt = a.Double(node.CreatedAt);
        node.Line = a.Number(node.Line);
        node.LineOffset = a.Number(node.LineOffset);
        Columns(a, node);
        node.Test = a.Flag(node.Test is not null) ? new TestMetadata(a.Text(node.Test?.Name!), a.TextOrNull(node.Test?.Namespace), a.Map(node.Test?.Kwargs)) : null;
        node.Source = a.Flag(node.Source is not null) ? Source(a, node.Source) : null;
        node.Exposure = a.Flag(node.Exposure is not null) ? Exposure(a, node.Exposure) : null;
        node.Semantic = a.MapOrNull(node.Semantic);
        node.MetricNames = a.Texts(node.MetricNames);
        node.UnitTest = a.Flag(node.UnitTest is not null) ? UnitTest(a, node.UnitTest) : null;
        return node;
    }

    private static void Columns(Archive a, DbtNode node)
    {
        var columns = a.List([.. node.Columns], entry => KeyValuePair.Create(a.Text(entry.Key), Column(a, entry.Value)));
        if (a.IsReading)
        {
            node.Columns = new OrderedDictionary<string, ColumnInfo>(columns);
        }
    }

    private static ColumnInfo Column(Archive a, ColumnInfo? given)
    {
        var name = a.Text(given?.Name!);
        var column = given ?? new ColumnInfo { Name = name };
        column.Description = a.Text(column.Description);
        column.DataType = a.TextOrNull(column.DataType);
        column.Quote = (bool?)a.Value(column.Quote);
        column.Meta = a.Map(column.Meta);
        column.Tags = a.Texts(column.Tags);
        column.Constraints = a.Maps(column.Constraints);
        column.Config = a.Map(column.Config);
        column.Granularity = a.TextOrNull(column.Granularity);
        var docs = a.Texts(column.DocBlocks);
        if (a.IsReading)
        {
            column.DocBlocks.AddRange(docs);
        }

        column.Extra = a.Map(column.Extra);
        return column;
    }

    private static SourceInfo Source(Archive a, SourceInfo? given)
    {
        var name = a.Text(given?.SourceName!);
        var identifier = a.Text(given?.Identifier!);
        var source = given ?? new SourceInfo { SourceName = name, Identifier = identifier };
        source.SourceDescription = a.Text(source.SourceDescription);
        source.SourceMeta = a.Map(source.SourceMeta);
        source.UnrenderedDatabase = a.TextOrNull(source.UnrenderedDatabase);
        source.UnrenderedSchema = a.TextOrNull(source.UnrenderedSchema);
        source.Loader = a.Text(source.Loader);
        source.LoadedAtField = a.TextOrNull(source.LoadedAtField);
        source.LoadedAtQuery = a.TextOrNull(source.LoadedAtQuery);
        source.Freshness = a.MapOrNull(source.Freshness);
        source.Quoting = a.Map(source.Quoting);
        source.External = a.MapOrNull(source.External);
        return source;
    }

    private static ExposureInfo Exposure(Archive a, ExposureInfo? given)
    {
        var type = a.Text(given?.Type!);
        var owner = a.Map(given?.Owner);
        var exposure = given ?? new ExposureInfo { Type = type, Owner = owner };
        exposure.Label = a.TextOrNull(exposure.Label);
        exposure.Maturity = a.TextOrNull(exposure.Maturity);
        exposure.Url = a.TextOrNull(exposure.Url);
        return exposure;
    }

    private static UnitTestInfo UnitTest(Archive a, UnitTestInfo? given)
    {
        var model = a.Text(given?.Model!);
        var test = given ?? new UnitTestInfo { Model = model };
        test.Given = a.Maps(test.Given);
        test.Expect = a.Map(test.Expect);
        test.Overrides = a.MapOrNull(test.Overrides);
        test.Versions = a.MapOrNull(test.Versions);
        test.TestedNodeUniqueId = a.TextOrNull(test.TestedNodeUniqueId);
        return test;
    }

    private static DbtMacro Macro(Archive a, DbtMacro? given)
    {
        var id = a.Text(given?.UniqueId!);
        var name = a.Text(given?.Name!);
        var package = a.Text(given?.PackageName!);
        var file = a.Text(given?.OriginalFilePath!);
        var sql = a.Text(given?.MacroSql!);
        var line = a.Number(given?.Line ?? 0);
        var template = a.Text(given?.Template!);
        var macro = given ?? new DbtMacro { UniqueId = id, Name = name, PackageName = package, OriginalFilePath = file, MacroSql = sql, Line = line, Template = template };
        macro.DependsOnMacros = a.Texts(macro.DependsOnMacros);
        macro.Description = a.Text(macro.Description);
        macro.Meta = a.Map(macro.Meta);
        macro.Docs = a.Map(macro.Docs);
        macro.Config = a.Map(macro.Config);
        macro.PatchPath = a.TextOrNull(macro.PatchPath);
        macro.Arguments = a.Maps(macro.Arguments);
        macro.SupportedLanguages = a.Flag(macro.SupportedLanguages is not null) ? a.Texts(macro.SupportedLanguages) : null;
        return macro;
    }

    private static DocBlock Doc(Archive a, DocBlock? given) =>
        new(a.Text(given?.UniqueId!), a.Text(given?.Name!), a.Text(given?.PackageName!), a.Text(given?.Path!), a.Text(given?.OriginalFilePath!), a.Text(given?.Contents!));

    private static DbtGroup Group(Archive a, DbtGroup? given)
    {
        var id = a.Text(given?.UniqueId!);
        var name = a.Text(given?.Name!);
        var package = a.Text(given?.PackageName!);
        var path = a.Text(given?.Path!);
        var file = a.Text(given?.OriginalFilePath!);
        var owner = a.Map(given?.Owner);
        var group = given ?? new DbtGroup { UniqueId = id, Name = name, PackageName = package, Path = path, OriginalFilePath = file, Owner = owner };
        group.Description = a.TextOrNull(group.Description);
        group.Config = a.Map(group.Config);
        return group;
    }
}
