using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>The one ACL there is: the owner has full control.</summary>
internal static class Acl
{
    private const string Instance = "http://www.w3.org/2001/XMLSchema-instance";

    public static XmlText Document(string owner, string name) =>
        new XmlText("AccessControlPolicy").Open("Owner").Element("ID", owner).Element("DisplayName", name).Close("Owner").Open("AccessControlList").Open("Grant")
            .Raw($"<Grantee xmlns:xsi=\"{Instance}\" xsi:type=\"CanonicalUser\">").Element("ID", owner).Element("DisplayName", name).Close("Grantee")
            .Element("Permission", "FULL_CONTROL").Close("Grant").Close("AccessControlList");

    /// <summary>Accepts what is private already, and refuses everything else.</summary>
    public static void RequirePrivate(S3Request request, ReadOnlyMemory<byte> body, string owner)
    {
        Access.RefuseUnsupported(request);
        if (body.Length == 0)
        {
            return;
        }

        var root = XmlDocuments.Parse(body, "AccessControlPolicy");
        var grants = root.Child("AccessControlList")?.Children("Grant").ToList() ?? throw S3Errors.MalformedXml("AccessControlPolicy has no AccessControlList");
        if (grants.Count != 1 || grants[0].Text("Permission") != "FULL_CONTROL" || grants[0].Child("Grantee")?.Text("ID") != owner)
        {
            throw S3Errors.NotImplemented("an ACL other than the owner's full control");
        }
    }
}
