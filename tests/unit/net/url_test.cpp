#include "net/url.hpp"

#include <catch2/catch.hpp>

using namespace crmsync::net;

TEST_CASE("the host of a URL is named without path, query or the scheme's own port")
{
    CHECK(host_of("https://graph.microsoft.com/v1.0/users?$top=1") == "graph.microsoft.com");
    CHECK(host_of("https://Graph.Microsoft.com:443") == "graph.microsoft.com");
    CHECK(host_of("http://127.0.0.1:8080/x") == "127.0.0.1:8080");
    CHECK(host_of("http://[::1]:80/") == "[::1]");
    CHECK(host_of("https://h?secret=1") == "h");
    CHECK(host_of("graph.microsoft.com/v1.0") == "");
    CHECK(host_of("ftp://h/") == "");
}

TEST_CASE("a link leads to the configured host only if scheme, name and port are the same")
{
    const Origin configured("https://graph.microsoft.com/v1.0");
    CHECK(configured.is_of("https://graph.microsoft.com/v1.0/me?$deltatoken=a%20b|c\"{}"));
    CHECK(configured.is_of("https://graph.microsoft.com"));
    CHECK(configured.is_of("HTTPS://GRAPH.microsoft.COM:443/x"));

    const char* elsewhere[] = {
        "http://graph.microsoft.com/v1.0",
        "https://graph.microsoft.com:8443/v1.0",
        "https://graph.microsoft.com.evil.example/v1.0",
        "https://evil.example/https://graph.microsoft.com/",
        "https://graph.microsoft.com@evil.example/",
        "https://user:password@graph.microsoft.com/",
        "https://evil.example\\@graph.microsoft.com/",
        "https://graph.microsoft.com\\.evil.example/",
        "https://graph.microsoft.com .evil.example/",
        "https://graph.microsoft.com\r\nHost: evil.example/",
        "https://graph.microsoft.com/v1.0\r\nHost: evil.example/",
        "https://graph.microsoft.com/v1.0/a b",
        "https://",
        "//graph.microsoft.com/v1.0",
        "/v1.0/me",
        "",
    };
    for (const char* link : elsewhere) {
        CAPTURE(link);
        CHECK_FALSE(configured.is_of(link));
    }
}

TEST_CASE("nothing is the same host as a URL that is none")
{
    CHECK_FALSE(Origin("").is_of(""));
    CHECK_FALSE(Origin("nonsense").is_of("nonsense"));
    CHECK_FALSE(Origin("ftp://h").is_of("ftp://h/x"));
}

TEST_CASE("a form value keeps letters, digits and four signs and encodes the rest")
{
    CHECK(percent_encode("aZ09-._~") == "aZ09-._~");
    CHECK(percent_encode("https://graph.microsoft.com/.default") ==
          "https%3A%2F%2Fgraph.microsoft.com%2F.default");
    CHECK(percent_encode("a+b &=%\xc3\xa9") == "a%2Bb%20%26%3D%25%C3%A9");
}
