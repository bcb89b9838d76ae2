using System.Security.Cryptography.X509Certificates;

namespace TrafficCore.Host.Security.Certificates;

/// <summary>Whose a certificate is.</summary>
internal static class CertificateName
{
    private const string CommonName = "2.5.4.3";

    /// <summary>
    /// The subject's common name. Null unless there is exactly one: of several each library takes another, and whoever signed may have looked at the other one; of none the platform
    /// takes what it finds, a department or a mail address.
    /// </summary>
    public static string? Of(X509Certificate2 certificate)
    {
        string? name = null;
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements)
            {
                return null; // which of them hold a name the platform does not say
            }

            if (part.GetSingleElementType().Value == CommonName)
            {
                if (name is not null)
                {
                    return null;
                }

                name = part.GetSingleElementValue();
            }
        }

        return name;
    }
}
