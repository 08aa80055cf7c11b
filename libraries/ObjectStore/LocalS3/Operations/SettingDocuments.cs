using System.Xml.Linq;
using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>Checks configuration documents before they are kept.</summary>
internal static class SettingDocuments
{
    private static readonly string[] Methods = ["GET", "PUT", "POST", "DELETE", "HEAD"];

    public static void CheckNothing(XElement root)
    {
        // Whatever is not known is kept and given back.
    }

    public static void CheckCors(XElement root)
    {
        var rules = root.Children("CORSRule").ToList();
        if (rules.Count is 0 or > 100)
        {
            throw S3Errors.MalformedXml($"{rules.Count} CORSRule, expected 1 to 100");
        }

        foreach (var rule in rules)
        {
            if (!rule.Children("AllowedOrigin").Any() || !rule.Children("AllowedMethod").Any())
            {
                throw S3Errors.MalformedXml("a CORSRule needs AllowedOrigin and AllowedMethod");
            }

            foreach (var method in rule.Children("AllowedMethod"))
            {
                if (!Methods.Contains(method.Value, StringComparer.Ordinal))
                {
                    throw S3Errors.InvalidRequest($"Found unsupported HTTP method in CORS config. Unsupported method is {method.Value}");
                }
            }
        }
    }

    public static void CheckOwnership(XElement root)
    {
        if (root.Child("Rule")?.Text("ObjectOwnership") is not ("BucketOwnerEnforced" or "BucketOwnerPreferred" or "ObjectWriter"))
        {
            throw S3Errors.MalformedXml("ObjectOwnership must be BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter");
        }
    }

    public static void CheckEncryption(XElement root)
    {
        var rules = root.Children("Rule").ToList();
        if (rules.Count == 0 || rules.Any(rule => rule.Child("ApplyServerSideEncryptionByDefault")?.Text("SSEAlgorithm") is not ("AES256" or "aws:kms" or "aws:kms:dsse")))
        {
            throw S3Errors.MalformedXml("each Rule needs ApplyServerSideEncryptionByDefault with an SSEAlgorithm of AES256, aws:kms or aws:kms:dsse");
        }
    }

    /// <summary>With S3's namespace on every element of S3's own, as it answers; clients may send without.</summary>
    public static XElement Qualified(XElement element)
    {
        XNamespace s3 = XmlText.Namespace;
        return new XElement(s3 + element.Name.LocalName, element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration),
            element.HasElements ? element.Elements().Select(Qualified) : element.Value);
    }
}
