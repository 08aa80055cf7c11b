using System.Security.Cryptography;
using System.Text;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>The accounts of the options, by access key.</summary>
internal sealed class AccountTable
{
    private readonly Dictionary<string, Account> byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Account> byId = new(StringComparer.Ordinal);

    public AccountTable(LocalS3Options options)
    {
        Add(options.AccessKey, options.SecretKey, options.AccountId, options.DisplayName);
        foreach (var account in options.Accounts)
        {
            Add(account.AccessKey, account.SecretKey, account.Id, account.DisplayName);
        }
    }

    public Account? Find(string accessKey) => byKey.GetValueOrDefault(accessKey);

    /// <summary>The display name of an account's id.</summary>
    public string NameOf(string id) => byId.TryGetValue(id, out var account) ? account.DisplayName : id;

    private void Add(string accessKey, string secretKey, string? id, string? name)
    {
        // AWS's canonical ids are 64 hexadecimal digits too.
        id = string.IsNullOrEmpty(id) ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("LocalS3:" + accessKey))) : id;
        var account = new Account(id, string.IsNullOrEmpty(name) ? accessKey : name, accessKey, Encoding.UTF8.GetBytes("AWS4" + secretKey));
        byKey[accessKey] = account;
        byId.TryAdd(id, account);
    }
}
