using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FhirAspire.ObjectStore.LocalS3;

/// <summary>How the server runs; configuration section <see cref="Section"/>.</summary>
public sealed class LocalS3Options
{
    /// <summary>The configuration section that these options are bound to.</summary>
    public const string Section = "LocalS3";

    /// <summary>The port of the documentation.</summary>
    public const int DefaultPort = 9000;

    /// <summary>The folder of the data; made when it is not there. One server at a time.</summary>
    public string Root { get; set; } = "data/s3";

    /// <summary>The port on loopback; 0 takes a free one.</summary>
    public int Port { get; set; } = DefaultPort;

    /// <summary>When <see cref="Port"/> is taken, the next free one of the following 50 is used (true), or the start fails (false).</summary>
    public bool NextFreePort { get; set; } = true;

    /// <summary>The access key of the first account.</summary>
    public string AccessKey { get; set; } = "local";

    /// <summary>The secret key of the first account.</summary>
    public string SecretKey { get; set; } = "local-secret";

    /// <summary>The canonical user id of the first account; by default derived from its access key.</summary>
    public string? AccountId { get; set; }

    /// <summary>The display name of the first account; by default its access key.</summary>
    public string? DisplayName { get; set; }

    /// <summary>Further accounts.</summary>
    public IList<LocalS3Account> Accounts { get; set; } = [];

    /// <summary>What a 200 promises.</summary>
    public LocalS3Durability Durability { get; set; } = LocalS3Durability.Durable;

    /// <summary>The region of buckets that are made without one.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>Host names under which <c>bucket.name</c> is virtual-host style.</summary>
    public IList<string> Domains { get; set; } = ["localhost", "s3.localhost", "s3.amazonaws.com"];

    /// <summary>Objects up to this many bytes are kept in the index file, larger ones in files of their own.</summary>
    public int InlineLimit { get; set; } = 16 * 1024;

    /// <summary>How often the lifecycle rules are carried out.</summary>
    public TimeSpan LifecycleInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a "day" of a lifecycle rule lasts. Anything shorter than 24 hours, for tests, also turns off the rounding to midnight UTC.</summary>
    public TimeSpan LifecycleDay { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The time of objects and lifecycle rules; a fake one lets a test age them.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The time that signatures are checked against: clients sign with the real one.</summary>
    public TimeProvider SignatureTimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Called after an object has changed and the change is on disk, before the answer. What it throws is logged and hurts nobody.</summary>
    public Action<LocalS3Event>? OnEvent { get; set; }

    /// <summary>Where the server logs to.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;
}
