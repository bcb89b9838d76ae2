using System.Net.Sockets;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HostFiltering;
using TrafficCore.Host.Api;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.Host.Security.Audit;
using TrafficCore.Log;

namespace TrafficCore.Host.Security.Http;

/// <summary>Puts the framework's cookie, antiforgery and data protection, the keys of programs, roles and the audit log before the endpoints.</summary>
internal static class HttpSecurity
{
    private const string AnyScheme = "any";

    // Names that only this machine has for itself: a page that has rebound its own name to 127.0.0.1 sends another one.
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    public static void AddHttpSecurity(this IServiceCollection services, ServiceSettings settings, SecurityService security, AuditLog audit)
    {
        services.AddSingleton(security);
        services.AddSingleton(security.Source);
        services.AddSingleton(audit);
        services.AddSingleton(_ => new LoginRate(settings.Http.LoginsPerMinute)); // made, and so disposed, by the container
        services.AddSingleton<IAuthorizationHandler>(new RoleHandler(OpenTo(settings)));
        services.AddAuthorization(HttpRoles.Configure);
        var authentication = services.AddAuthentication(settings.Security.HasAccounts ? AnyScheme : KeyHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(KeyHandler.SchemeName, null);
        if (settings.Security.HasAccounts)
        {
            authentication
                .AddCookie(LoginCookie.SchemeName, options => LoginCookie.Configure(options, settings.Http.SessionTime, security.Source))
                .AddPolicyScheme(AnyScheme, null, options =>
                    options.ForwardDefaultSelector = context => context.Request.Headers.Authorization.Count > 0 ? KeyHandler.SchemeName : LoginCookie.SchemeName);
            services.AddDataProtection().SetApplicationName("trafficcore").PersistKeysToFileSystem(KeyDirectory(settings));
            services.AddAntiforgery(options =>
            {
                (options.HeaderName, options.Cookie.Name) = (ForgeryGuard.HeaderName, "trafficcore.csrf");
                (options.Cookie.HttpOnly, options.Cookie.SameSite, options.Cookie.SecurePolicy) = (true, SameSiteMode.Strict, CookieSecurePolicy.SameAsRequest);
            });
        }

        services.Configure<HostFilteringOptions>(options =>
        {
            string[] own = [.. Loopback, .. AddressOf(settings.Http.Listen)];
            options.AllowedHosts = settings.Http.Hosts.Count > 0 ? [.. settings.Http.Hosts, .. own] : IsBare(settings) ? own : ["*"];
            (options.AllowEmptyHosts, options.IncludeFailureMessage) = (!IsBare(settings), false);
        });
    }

    /// <summary>Before routing and whatever answers.</summary>
    public static void UseHttpSecurity(this WebApplication app)
    {
        var source = app.Services.GetRequiredService<SecuritySource>();
        app.Use((context, next) => source.Current.Denied.Denies(context.Connection.RemoteIpAddress) ? Problems.Refused("on the deny list").ExecuteAsync(context) : next(context));
        app.UseAuthentication();
        app.UseAuditTrail();
        app.UseAuthorization();
        app.UseForgeryGuard();
    }

    // No page can rebind an address. The health command asks under the one that is listened on.
    private static IEnumerable<string> AddressOf(ListenPoint listen) =>
        listen.Address is not { } one ? [] : one.AddressFamily == AddressFamily.InterNetworkV6 ? [$"[{one}]"] : [one.ToString()];

    // Nobody has an account and only this machine can ask: everything, as at a machine's own console. Opened on purpose: reading.
    private static AccountRole? OpenTo(ServiceSettings settings) => IsBare(settings) ? AccountRole.Admin : settings.Http.Anonymous ? AccountRole.Viewer : null;

    private static bool IsBare(ServiceSettings settings) => !settings.Security.HasAccounts && settings.Http.Listen.IsLoopback;

    // Whoever reads these keys can make cookies: the directory is the service's alone.
    private static DirectoryInfo KeyDirectory(ServiceSettings settings)
    {
        var path = Path.Combine(Path.GetFullPath(settings.Data.Directory), "keys");
        PhysicalFileSystem.Instance.CreateDirectory(path);
        return new DirectoryInfo(path);
    }
}
