using System.CommandLine;
using System.Globalization;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Security.Accounts;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore key add | list | revoke</c>: keys of programs for the HTTP API.</summary>
internal static class KeyCommand
{
    // Longer than a year nobody remembers what a key was for.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    public static Command Create(CliContext context) => new("key", "API keys in Security:AccountsFile; only their hashes are kept. A running service notices")
    {
        Add(context), List(context), Revoke(context),
    };

    private static Command Add(CliContext context)
    {
        var scope = new Option<KeyScope>("--scope") { Required = true, Description = "metrics, read, operate or administer" };
        var purpose = new Option<string>("--purpose") { Required = true, Description = "What it is for; stands in the audit log" };
        var expires = new Option<string>("--expires") { DefaultValueFactory = _ => "90d", Description = "How long it counts, at most 400d" };
        var command = new Command("add", "Makes a key and prints it, once") { scope, purpose, expires };
        command.SetAction(parsed =>
        {
            if (!DurationText.TryParse(parsed.GetValue(expires), out var time) || time <= TimeSpan.Zero || time > Longest)
            {
                context.Error.WriteLine($"--expires: \"{parsed.GetValue(expires)}\" is not a duration of at most {DurationText.Format(Longest)}");
                return ExitCodes.Usage;
            }

            var now = TimeProvider.System.GetUtcNow();
            var (key, text) = ApiKey.Create(parsed.GetValue(scope), parsed.GetValue(purpose)!, now, now + time);
            var code = SecurityFiles.Change(context, document =>
            {
                (document.Keys ??= []).Add(new KeyEntry
                {
                    Id = key.Id, Hash = key.Hash, Scope = key.Scope, Purpose = key.Purpose, Created = key.Created, Expires = key.Expires,
                });
                return true;
            });
            if (code == ExitCodes.Done)
            {
                context.Output.WriteLine(text);
            }

            return code;
        });
        return command;
    }

    private static Command List(CliContext context)
    {
        var command = new Command("list", "What keys there are");
        command.SetAction(_ =>
        {
            if (SecurityFiles.Open(context) is not (_, var document))
            {
                return ExitCodes.Usage;
            }

            foreach (var key in document.Keys ?? [])
            {
                context.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{key.Id} {key.Scope.ToString().ToLowerInvariant()} {key.Created:yyyy-MM-dd}..{key.Expires:yyyy-MM-dd} {key.Purpose}"));
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Revoke(CliContext context)
    {
        var id = new Argument<string>("id") { Description = "Its id, as key list shows it" };
        var command = new Command("revoke", "Takes a key back; it opens nothing from the next request on") { id };
        command.SetAction(parsed => SecurityFiles.Change(context, document =>
        {
            if (document.Keys?.RemoveAll(k => k.Id == parsed.GetValue(id)) > 0)
            {
                return true;
            }

            context.Error.WriteLine($"there is no key {parsed.GetValue(id)}");
            return false;
        }));
        return command;
    }
}
