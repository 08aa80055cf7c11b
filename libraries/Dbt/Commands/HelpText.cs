namespace FhirAspire.Dbt.Commands;

internal static class HelpText
{
    public const string Text = """
        Usage: dbt COMMAND [OPTIONS]

        Commands:
          build              run seeds, snapshots, models and their tests in graph order
          clean              remove the folders of clean-targets
          clone              make relations of another state's nodes in this target
          compile            compile models, tests, analyses; with --inline a query
          debug              check project, profile and connection
          deps               install the packages of packages.yml
          docs generate      write manifest.json and catalog.json
          list, ls           list nodes
          parse              read the project and write manifest.json
          retry              run again what failed the last time
          run                run models
          run-operation      call a macro
          seed               load CSV files
          show               show rows of a node; with --inline of a query
          snapshot           run snapshots
          source freshness   check how old sources are
          test               run tests

        Options are those of dbt: --select, --exclude, --selector, --vars, --target, --profiles-dir, --project-dir,
        --threads, --full-refresh, --fail-fast, --state, --defer, --store-failures, --empty, --warn-error, --log-format json ...

        Examples:
          dbt build --project-dir path/to/project
          dbt run --select staging+ --exclude tag:slow --threads 4
          dbt ls --select state:modified+ --state path/to/artifacts --output json
        """;
}
