using TrafficCore.Host.Security.Access;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.Host.Security.Certificates;

namespace TrafficCore.Host.Security;

/// <summary>All that decides who may do what, at one time. Immutable, swapped whole.</summary>
/// <param name="Version">Counts up with every change.</param>
/// <param name="Accounts">Accounts and keys.</param>
/// <param name="Denied">Who is kept out.</param>
/// <param name="Revoked">Certificates that their authority has taken back.</param>
internal sealed record SecuritySnapshot(long Version, AccountsSnapshot Accounts, DenyList Denied, RevocationList Revoked)
{
    public static SecuritySnapshot Empty { get; } = new(0, AccountsSnapshot.Empty, DenyList.Empty, RevocationList.Empty);
}
