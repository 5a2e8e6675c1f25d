import Foundation

/// NSS modules with the names of real ones that return the same wrong address for every name.
enum FakeModules {
    static let names = ["resolve", "myhostname", "mdns4_minimal"]

    /// Builds them for the first test that needs them.
    private static let built = Task {
        let host = try await TestHost.shared()
        return try await onOwnThread { try build(on: host) }
    }

    /// The directory of the modules, for `LD_LIBRARY_PATH`.
    static var directory: String { get async throws { try await built.value } }

    private static func build(on host: TestHost) throws -> String {
        let source = try host.write(code, to: "modules/wrong.c")
        let directory = (source as NSString).deletingLastPathComponent
        for name in names {
            let compiler = Process()
            compiler.executableURL = URL(filePath: "/usr/bin/gcc")
            compiler.arguments = [
                "-shared", "-fPIC", "-DFUNCTION=_nss_\(name)_gethostbyname4_r",
                "-DFUNCTION3=_nss_\(name)_gethostbyname3_r", "-DFUNCTION2=_nss_\(name)_gethostbyname2_r",
                "-o", "\(directory)/libnss_\(name).so.2", source,
            ]
            try compiler.run()
            compiler.waitUntilExit()
            guard compiler.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        }
        return directory
    }

    /// The module functions that getaddrinfo(3) calls: gethostbyname4_r for both families, gethostbyname3_r and
    /// gethostbyname2_r for one.
    private static let code = """
        #include <arpa/inet.h>
        #include <errno.h>
        #include <netdb.h>
        #include <nss.h>
        #include <stdint.h>

        static struct in_addr wrong;
        static char *addresses[] = {(char *)&wrong, 0}, *aliases[] = {0};

        enum nss_status FUNCTION(const char *name, struct gaih_addrtuple **result, char *buffer, size_t length,
                                 int *error, int *h_error, int32_t *ttl) {
            if (!*result) *result = (struct gaih_addrtuple *)buffer;
            **result = (struct gaih_addrtuple){.family = AF_INET, .name = (char *)name};
            inet_aton("\(NameServiceTests.wrongAddress)", (struct in_addr *)(*result)->addr);
            return NSS_STATUS_SUCCESS;
        }

        enum nss_status FUNCTION3(const char *name, int family, struct hostent *result, char *buffer, size_t length,
                                  int *error, int *h_error, int32_t *ttl, char **canonical) {
            *h_error = HOST_NOT_FOUND;
            if (family != AF_INET) return NSS_STATUS_NOTFOUND;
            inet_aton("\(NameServiceTests.wrongAddress)", &wrong);
            *result = (struct hostent){(char *)name, aliases, AF_INET, 4, addresses};
            return NSS_STATUS_SUCCESS;
        }

        enum nss_status FUNCTION2(const char *name, int family, struct hostent *result, char *buffer, size_t length,
                                  int *error, int *h_error) {
            return FUNCTION3(name, family, result, buffer, length, error, h_error, 0, 0);
        }

        """
}
