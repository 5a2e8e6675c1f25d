import CLinux
import Foundation
import LinuxSystem
import Synchronization

/// A faulty DNS server over UDP: silent, slow or wrong.
final class ScriptedDNSServer: Sendable {
    private let received = Mutex<[Bytes]>([])
    private let script: Mutex<Script>

    /// What the server does with queries over UDP.
    private struct Script {
        let delay: Double
        let answer: @Sendable (Bytes) -> Bytes?
    }

    /// Serves until the tests end.
    ///
    /// - Parameters:
    ///   - delay: The delay of each answer, in seconds.
    ///   - limit: The number of queries over UDP after which the server ends.
    ///   - streamAnswer: Answers over TCP. Without it the kernel accepts connections, but nobody reads from them.
    init(
        address: String, delay: Double = 0, queries limit: Int = .max,
        streamAnswer: (@Sendable (Bytes) -> Bytes?)? = nil, answer: @escaping @Sendable (Bytes) -> Bytes?
    ) throws {
        script = Mutex(Script(delay: delay, answer: answer))
        let socket = try Self.open(SOCK_DGRAM, address, bind)
        let stream = try Self.open(SOCK_STREAM, address, bind)
        try checked(listen(stream, 64))
        if let streamAnswer { Thread { Self.serve(stream, streamAnswer) }.start() }
        Thread { [self] in
            var count = 0
            while count < limit, let (query, client) = try? Self.receive(from: socket) {
                count += 1
                received.withLock { $0.append(query) }
                let script = script.withLock { $0 }
                guard let reply = script.answer(query) else { continue }
                guard script.delay > 0 else {
                    Self.deliver(reply, to: client, on: socket)
                    continue
                }
                DispatchQueue.global().asyncAfter(deadline: .now() + script.delay) {
                    Self.deliver(reply, to: client, on: socket)
                }
            }
            // As soon as nobody answers, a test may start another server here.
            close(stream)
            close(socket)
        }.start()
    }

    /// Changes the answers over UDP from now on.
    func play(delay: Double = 0, _ answer: @escaping @Sendable (Bytes) -> Bytes?) {
        script.withLock { $0 = Script(delay: delay, answer: answer) }
    }

    private static func deliver(_ reply: Bytes, to client: Bytes, on socket: Int32) {
        client.withUnsafeBytes {
            _ = sendto(
                socket, reply, reply.count, 0,
                $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }

    /// Answers one query on each connection: RFC 1035, section 4.2.2.
    private static func serve(_ stream: Int32, _ answer: @Sendable (Bytes) -> Bytes?) {
        while true {
            let client = accept(stream, nil, nil)
            guard client >= 0 else { return }
            defer { close(client) }
            var query = Bytes(repeating: 0, count: 1024)
            let count = recv(client, &query, query.count, 0)
            guard count > 2, let reply = answer(Bytes(query[2..<count])) else { continue }
            let message = [UInt8(reply.count >> 8), UInt8(reply.count & 255)] + reply
            _ = CLinux.send(client, message, message.count, Int32(MSG_NOSIGNAL))
            // Wait until the client has read everything.
            _ = recv(client, &query, query.count, 0)
        }
    }

    /// The number of queries so far for names with this prefix.
    func queries(labelPrefix: String) -> Int {
        let label = Bytes(labelPrefix.utf8)
        return received.withLock { $0.count { $0.dropFirst(13).lowercased.starts(with: label) } }
    }

    /// A reply with the right id that ends in the middle of a record.
    static func garbage(_ query: Bytes) -> Bytes? {
        query.prefix(2) + [0x81, 0x80, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0] + query.dropFirst(12) + [
            0xC0, 0x0C, 0, 1,
        ]
    }

    /// REFUSED, as from a server that serves nobody here.
    static func refusal(_ query: Bytes) -> Bytes? {
        var reply = query
        reply[2] |= 0x80
        reply[3] = 5
        return reply
    }

    /// 10.10.0.2 for clients that do not offer the program's own 1,232 bytes of EDNS. The program gets a truncated
    /// answer and no answer over TCP, as from an overloaded server that limits its answers.
    static func truncatedForUs(_ query: Bytes) -> Bytes? {
        let isOurs = query.suffix(11).starts(with: [0, 0, 41, 0x04, 0xD0])
        var reply = query
        reply[2] |= isOurs ? 0x82 : 0x80
        guard !isOurs else { return reply }
        let additional = query[11] > 0 ? 11 : 0
        reply[7] = 1
        reply[11] = 0
        return reply.dropLast(additional) + [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 10, 10, 0, 2]
    }

    /// FORMERR for a query with an additional record, otherwise 10.10.0.2 with a TTL of four seconds.
    static func withoutEDNS(_ query: Bytes) -> Bytes? {
        var reply = query
        reply[2] |= 0x80
        guard query[11] == 0 else {
            reply[3] = 1
            return reply
        }
        reply[7] = 1
        return reply + [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 4, 0, 4, 10, 10, 0, 2]
    }

    /// Asks a server until it answers, for at most five seconds.
    static func waitForAnswer(from address: String) throws -> Bool {
        let query: Bytes = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1]
        for _ in 0..<50 {
            let client = try Self.open(SOCK_DGRAM, address, connect)
            defer { close(client) }
            _ = send(client, query, query.count, 0)
            var ready = pollfd(fd: client, events: Int16(POLLIN), revents: 0)
            if poll(&ready, 1, 100) == 1, (try? receive(from: client)) != nil { return true }
            usleep(100_000)
        }
        return false
    }

    private static func open(
        _ type: __socket_type, _ text: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        guard let address = IPAddress(text.utf8) else { throw SetUpFailure("not an address: \(text)") }
        let descriptor = try checked(
            socket(address.isIPv4 ? AF_INET : AF_INET6, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0))
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        try checked(address.withSocketAddress(port: 53) { use(descriptor, $0, $1) })
        return descriptor
    }

    /// Waits for a datagram, and returns it with its sender's socket address.
    private static func receive(from socket: Int32) throws(Errno) -> (Bytes, Bytes) {
        var sender = Bytes(repeating: 0, count: 128)
        var length = socklen_t(sender.count)
        var datagram = Bytes(repeating: 0, count: 65_535)
        let count = sender.withUnsafeMutableBytes {
            recvfrom(
                socket, &datagram, datagram.count, 0,
                $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return (Bytes(datagram.prefix(try checked(count))), Bytes(sender.prefix(Int(length))))
    }
}
