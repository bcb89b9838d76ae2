using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrafficCore.Boards.Rules;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Boards;

/// <summary>
/// Reads a rules file: JSON, bound and checked exactly as the configuration is, so that a rule means the same in both.
/// </summary>
internal static class RulesFile
{
    // The file's content stands below this name while it is bound; keys in errors begin behind it.
    private const string Root = "file";

    /// <summary>Reads and checks a file. The rules are to be used only when there are no errors.</summary>
    public static (IReadOnlyList<BoardRule> Rules, IReadOnlyList<ConfigurationError> Errors) Read(string path, ServiceSettings settings)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ([], [new ConfigurationError("$", error.Message)]);
        }

        return Parse(content, settings);
    }

    /// <summary>Checks the content of a file.</summary>
    public static (IReadOnlyList<BoardRule> Rules, IReadOnlyList<ConfigurationError> Errors) Parse(ReadOnlySpan<byte> content, ServiceSettings settings)
    {
        JsonNode? json;
        try
        {
            json = JsonNode.Parse(content, null, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return ([], [new ConfigurationError("$", error.Message)]);
        }

        if (json is not JsonObject file)
        {
            return ([], [new ConfigurationError("$", "must be an object with shape and rules")]);
        }

        // For editors; not a rule.
        file.Remove("$schema");
        return Bind(file, settings);
    }

    private static (IReadOnlyList<BoardRule> Rules, IReadOnlyList<ConfigurationError> Errors) Bind(JsonObject file, ServiceSettings settings)
    {
        SettingsBinder binder;
        BoardRuleSet set;
        try
        {
            var wrapped = new JsonObject { [Root] = file };
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(wrapped.ToJsonString()));
            binder = new SettingsBinder(new ConfigurationBuilder().AddJsonStream(stream).Build());
            set = binder.Bind<BoardRuleSet>(Root);
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            // Two names that differ in case only; or half a surrogate pair, which passes the parser in a value, and throws when it is read.
            return ([], [new ConfigurationError("$", error.Message)]);
        }

        binder.RejectUnknown();
        foreach (var (member, message) in RuleChecks.Errors(set.Rules, settings))
        {
            binder.Add($"{Root}:{member}", message);
        }

        foreach (var (rule, index) in set.Rules.Select((rule, index) => (rule, index)).Where(r => settings.Boards.Rules.Any(own => own.Name == r.rule.Name)))
        {
            binder.Add($"{Root}:Rules:{index}:Name", $"rule \"{rule.Name}\" is in Boards:Rules as well");
        }

        return (set.Rules, [.. binder.Errors.Select(e => new ConfigurationError(e.Key.StartsWith(Root + ":", StringComparison.Ordinal) ? e.Key[(Root.Length + 1)..] : e.Key, e.Message))]);
    }
}
