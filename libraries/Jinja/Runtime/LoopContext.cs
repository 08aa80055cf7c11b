namespace FhirAspire.Jinja.Runtime;

/// <summary>What <c>loop</c> is. It goes through the items itself, so that it can look one ahead.</summary>
internal sealed class LoopContext : JinjaObject
{
    private readonly JinjaEnvironment _environment;
    private readonly object? _iterable;
    private readonly Func<object?, int, object?>? _recurse;
    private readonly int _depth0;
    private IReadOnlyList<object?>? _list;
    private int _next;
    private IEnumerator<object?>? _items;
    private object? _after = Missing.Value;
    private object? _current = Missing.Value;
    private object? _before = Missing.Value;
    private object?[]? _lastChanged;
    private int _length = -1;
    private long _index0 = -1;

    public LoopContext(JinjaEnvironment environment, object? iterable, Func<object?, int, object?>? recurse, int depth0)
    {
        _environment = environment;
        _iterable = iterable;
        _recurse = recurse;
        _depth0 = depth0;
        switch (iterable)
        {
            case JinjaList list:
                _list = list.Items;
                break;
            case JinjaTuple tuple:
                _list = tuple.Items;
                break;
            default:
                _items = Ops.Iterate(iterable).GetEnumerator();
                break;
        }
    }

    public override string TypeName => "LoopContext";

    public override bool IsCallable => true;

    public override int? Length => Size;

    private int Size
    {
        get
        {
            if (_length >= 0)
            {
                return _length;
            }

            var known = _list?.Count ?? (_iterable is string or JinjaObject and not JinjaGenerator && (_iterable is string || ((JinjaObject)_iterable).Length is not null) ? Ops.Length(_iterable) : null);
            if (known is { } length)
            {
                return _length = length;
            }

            var rest = new List<object?>();
            while (_items!.MoveNext())
            {
                rest.Add(_items.Current);
            }

            _list = rest;
            _next = 0;
            _items = null;
            return _length = rest.Count + (int)_index0 + 1 + (ReferenceEquals(_after, Missing.Value) ? 0 : 1);
        }
    }

    public bool MoveNext(out object? item)
    {
        if (!ReferenceEquals(_after, Missing.Value))
        {
            item = _after;
            _after = Missing.Value;
        }
        else if (!Pull(out item))
        {
            return false;
        }

        _index0++;
        _before = _current;
        _current = item;
        return true;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        switch (name)
        {
            case "index":
                value = Boxed.Of(_index0 + 1);
                return true;
            case "index0":
                value = Boxed.Of(_index0);
                return true;
            case "first":
                value = Boxed.Of(_index0 == 0);
                return true;
            case "last":
                value = Boxed.Of(!Peek());
                return true;
            case "length":
                value = Boxed.Of(Size);
                return true;
            case "revindex":
                value = Boxed.Of(Size - _index0);
                return true;
            case "revindex0":
                value = Boxed.Of(Size - _index0 - 1);
                return true;
            case "depth":
                value = Boxed.Of(_depth0 + 1);
                return true;
            case "depth0":
                value = Boxed.Of(_depth0);
                return true;
            case "previtem":
                value = _index0 == 0 ? _environment.UndefinedHint("there is no previous item") : _before;
                return true;
            case "nextitem":
                value = Peek() ? _after : _environment.UndefinedHint("there is no next item");
                return true;
            case "cycle":
                value = new JinjaFunction("cycle", Cycle, "method");
                return true;
            case "changed":
                value = new JinjaFunction("changed", Changed, "method");
                return true;
            default:
                value = null;
                return false;
        }
    }

    public object? CycleOf(object?[] items) => items.Length == 0 ? throw Fault.Type("no items for cycling given") : items[_index0 % items.Length];

    private object? Cycle(JinjaCall call) => CycleOf(call.Positional);

    private object? Changed(JinjaCall call)
    {
        if (_lastChanged is not null && Sequences.SameItems(_lastChanged, call.Positional))
        {
            return Boxed.False;
        }

        _lastChanged = call.Positional;
        return Boxed.True;
    }

    public override object? Call(JinjaCall call)
    {
        if (call.Positional.Length != 1)
        {
            throw Fault.Type($"LoopContext.__call__() takes 2 positional arguments but {call.Positional.Length + 1} were given");
        }

        return _recurse is null
            ? throw Fault.Type("The loop must have the 'recursive' marker to be called recursively.")
            : _recurse(call.Positional[0], _depth0 + 1);
    }

    public override string Repr() => $"<LoopContext {_index0 + 1}/{Size}>";

    private bool Peek()
    {
        if (!ReferenceEquals(_after, Missing.Value))
        {
            return true;
        }

        if (!Pull(out var item))
        {
            return false;
        }

        _after = item;
        return true;
    }

    private bool Pull(out object? item)
    {
        if (_list is not null)
        {
            if (_next < _list.Count)
            {
                item = _list[_next++];
                return true;
            }

            item = null;
            return false;
        }

        if (_items!.MoveNext())
        {
            item = _items.Current;
            return true;
        }

        item = null;
        return false;
    }
}
