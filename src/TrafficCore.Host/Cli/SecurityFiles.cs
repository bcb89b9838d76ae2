using TrafficCore.Host.Security.Accounts;

namespace TrafficCore.Host.Cli;

/// <summary>Changes the accounts file on behalf of a command.</summary>
internal static class SecurityFiles
{
    /// <summary>Reads the file, or begins one, lets <paramref name="change"/> work on it, checks the result and puts it in place.</summary>
    /// <param name="context">The command's.</param>
    /// <param name="change">Changes the document; false, after it has said why, leaves the file as it is.</param>
    public static int Change(CliContext context, Func<AccountsDocument, bool> change)
    {
        if (Open(context) is not (var path, { } document))
        {
            return ExitCodes.Usage;
        }

        if (!change(document))
        {
            return ExitCodes.Usage;
        }

        var (_, errors) = new AccountsCheck(document).Read();
        foreach (var error in errors)
        {
            context.Error.WriteLine(error);
        }

        if (errors.Count > 0)
        {
            return ExitCodes.Usage;
        }

        try
        {
            AccountsFile.Write(path, document);
            return ExitCodes.Done;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"trafficcore: {error.Message}");
            return ExitCodes.Failed;
        }
    }

    /// <summary>The file that the configuration names and what is in it; null after it was said what is wrong.</summary>
    public static (string Path, AccountsDocument Document)? Open(CliContext context)
    {
        if (context.ReadSettings() is not { } settings)
        {
            return null;
        }

        var path = settings.Security.AccountsFile;
        if (path.Length == 0)
        {
            context.Error.WriteLine("Security:AccountsFile: is not set; it names the file that holds accounts and keys");
            return null;
        }

        if (!File.Exists(path))
        {
            return (path, new AccountsDocument());
        }

        var (document, errors) = AccountsFile.ReadDocument(path);
        foreach (var error in errors)
        {
            context.Error.WriteLine($"Security:AccountsFile {path}: {error}");
        }

        return document is null ? null : (path, document);
    }
}
