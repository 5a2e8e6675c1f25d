import LinuxSystem

/// The 512 bytes of a record in the history. While an upcall runs, it fills a slot in its own memory, so that a
/// signal handler can finish the slot at any time.
struct UpcallSlot: @unchecked Sendable {
    static var size: Int { 512 }
    static var longestName: Int { 264 }
    static var longestText: Int { size - Field.name - longestName }

    private enum Field {
        static var checksum: Int { 0 }
        static var number: Int { 8 }
        static var time: Int { 16 }
        static var microseconds: Int { 24 }
        static var key: Int { 32 }
        static var lifetime: Int { 36 }
        static var errno: Int { 40 }
        static var nameLength: Int { 44 }
        static var textLength: Int { 46 }
        static var result: Int { 48 }
        /// 0 for none, 1 for the host's, 2 for the cluster's.
        static var view: Int { 49 }
        /// 0, 4 or 16.
        static var serverLength: Int { 50 }
        static var server: Int { 52 }
        static var name: Int { 68 }
    }

    let place: UnsafeMutableRawPointer

    init(place: UnsafeMutableRawPointer) {
        self.place = place
    }

    /// An empty slot in this process's memory. It is never freed: a signal handler may use it until the process
    /// ends.
    static func make() -> UpcallSlot {
        let slot = UpcallSlot(place: .allocate(byteCount: size, alignment: 8))
        slot.place.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        return slot
    }

    // MARK: Filling it

    func setKey(_ key: Int32) { place.storeBytes(of: key, toByteOffset: Field.key, as: Int32.self) }

    func setName(_ name: some Collection<UInt8>) {
        set(name.prefix(Self.longestName), Field.name, length: Field.nameLength)
    }

    func setText(_ text: some Collection<UInt8>) {
        set(text.prefix(Self.longestText), Field.name + Self.longestName, length: Field.textLength)
    }

    func setView(_ view: View, _ server: IPAddress?) {
        place.storeBytes(of: UInt8(Optional(view).index), toByteOffset: Field.view, as: UInt8.self)
        let bytes = server?.bytes ?? []
        place.storeBytes(of: UInt8(bytes.count), toByteOffset: Field.serverLength, as: UInt8.self)
        (place + Field.server).copyMemory(from: bytes, byteCount: bytes.count)
    }

    /// Safe in signal handlers.
    func finish(_ result: UpcallResult, errno: Int32, lifetime: UInt32, microseconds: Int, time: Int) {
        place.storeBytes(of: result.rawValue, toByteOffset: Field.result, as: UInt8.self)
        place.storeBytes(of: errno, toByteOffset: Field.errno, as: Int32.self)
        place.storeBytes(of: lifetime, toByteOffset: Field.lifetime, as: UInt32.self)
        place.storeBytes(of: microseconds, toByteOffset: Field.microseconds, as: Int.self)
        place.storeBytes(of: time, toByteOffset: Field.time, as: Int.self)
    }

    var isFinished: Bool { place.load(fromByteOffset: Field.time, as: Int.self) != 0 }

    private func set(_ bytes: some Collection<UInt8>, _ field: Int, length: Int) {
        let room = UnsafeMutableRawBufferPointer(start: place + field, count: bytes.count)
        room.copyBytes(from: bytes)
        place.storeBytes(of: UInt16(bytes.count), toByteOffset: length, as: UInt16.self)
    }

    // MARK: Telling a whole record from a torn one

    func seal(number: UInt64) {
        place.storeBytes(of: number, toByteOffset: Field.number, as: UInt64.self)
        place.storeBytes(of: checksum, toByteOffset: Field.checksum, as: UInt64.self)
    }

    func isWhole(number: UInt64) -> Bool {
        place.load(fromByteOffset: Field.number, as: UInt64.self) == number
            && place.load(fromByteOffset: Field.checksum, as: UInt64.self) == checksum
    }

    /// The checksum of everything but itself.
    private var checksum: UInt64 {
        LinuxSystem.checksum(UnsafeRawBufferPointer(start: place + Field.number, count: Self.size - Field.number))
    }

    // MARK: Reading it

    var record: UpcallRecord {
        var record = UpcallRecord()
        record.time = place.load(fromByteOffset: Field.time, as: Int.self)
        record.duration = .microseconds(max(place.load(fromByteOffset: Field.microseconds, as: Int.self), 0))
        record.key = place.load(fromByteOffset: Field.key, as: Int32.self)
        record.lifetime = place.load(fromByteOffset: Field.lifetime, as: UInt32.self)
        record.errno = Errno(place.load(fromByteOffset: Field.errno, as: Int32.self))
        record.result = UpcallResult(rawValue: byte(Field.result)) ?? .failed
        record.view = view
        let length = Int(byte(Field.serverLength))
        if length == 4 || length == 16 {
            record.server = IPAddress(networkOrder: bytes(Field.server, length))
        }
        record.name = bytes(Field.name, min(length16(Field.nameLength), Self.longestName))
        record.text = bytes(Field.name + Self.longestName, min(length16(Field.textLength), Self.longestText))
        return record
    }

    var view: View? { byte(Field.view) == 0 ? nil : byte(Field.view) == View.host.index ? .host : .cluster }

    private func byte(_ field: Int) -> UInt8 { place.load(fromByteOffset: field, as: UInt8.self) }
    private func length16(_ field: Int) -> Int { Int(place.load(fromByteOffset: field, as: UInt16.self)) }
    private func bytes(_ field: Int, _ count: Int) -> Bytes {
        Bytes(UnsafeRawBufferPointer(start: place + field, count: count))
    }
}

extension View? {
    /// The view's number in the history: 0 if the name was not looked up.
    var index: Int { self?.index ?? 0 }
}

extension View {
    fileprivate var index: Int { self == .host ? 1 : 2 }
}
