using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Host.Security;

/// <summary>Section <c>Security</c>: who may come in, over MQTT and over HTTP.</summary>
public sealed class SecurityOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Security";

    /// <summary>
    /// Accounts and API keys, a JSON file that <c>trafficcore passwd</c> and <c>trafficcore key</c> write; watched. Default: none, and both listeners then serve this
    /// machine only, unless they are opened to everybody.
    /// </summary>
    public string AccountsFile { get; set; } = "";

    /// <summary>Who is kept out whatever the accounts say, a line each; watched. Default: none.</summary>
    public string DenyFile { get; set; } = "";

    /// <summary>
    /// Passwords that are checked at one time. Default 0: half of the processors, at least one, so that a storm of clients leaves the other half to those that are
    /// in already.
    /// </summary>
    [Range(0, 64)]
    public int PasswordChecks { get; set; }

    /// <summary>
    /// Clients that may wait for their password to be checked. Default 256: about half a minute's work of one processor, and as long as a device waits for its
    /// CONNACK. The addresses they come from (IPv6: /64) take turns; when more wait, the newest of the address with the most is told that the server is busy, and counted.
    /// </summary>
    [Range(1, 1_000_000)]
    public int PasswordQueue { get; set; } = 256;

    /// <summary>
    /// How long the audit log is kept. Default 365 d; at least 180 d: China's Cybersecurity Law, article 21, asks for six months of network logs.
    /// </summary>
    [Range(typeof(TimeSpan), "180.00:00:00", "3650.00:00:00")]
    public TimeSpan AuditKeep { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Whether there are accounts.</summary>
    internal bool HasAccounts => AccountsFile.Length > 0;
}
