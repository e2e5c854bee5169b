// Preloaded into a program: the name servers do not answer for names under .hanging.example.
#include <dlfcn.h>
#include <netdb.h>
#include <string>
#include <string_view>
#include <unistd.h>

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** found)
{
    if (name && std::string_view(name).ends_with(".hanging.example")) {
        const std::string line = std::string("looking up ") + name + "\n";
        // Only the test reads it; without it the test waits in vain and says so.
        [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
        for (;;)
            pause();
    }
    using Lookup = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<Lookup>(dlsym(RTLD_NEXT, "getaddrinfo"));
    return real(name, service, hints, found);
}
