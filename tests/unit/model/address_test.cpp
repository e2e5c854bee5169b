#include "model/address.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <string>

using namespace crmsync;
using namespace std::string_literals;

TEST_CASE("addresses that mean the same mailbox are the same")
{
    struct Row {
        std::string text, address;
    };
    const Row row = GENERATE(values<Row>({
        {"ann.smith@example.com", "ann.smith@example.com"},
        {"Ann.Smith+crm@Example.COM", "ann.smith@example.com"},
        {" ann@example.com\r\n", "ann@example.com"},
        {"ann+a+b@example.com", "ann@example.com"},
        {"+tag@example.com", "+tag@example.com"},
        {"ann@localhost", "ann@localhost"},
        {"o'hara@example.com", "o'hara@example.com"},
        {"JÜRGEN@BÜCHER.example", "jürgen@bücher.example"},
        {"a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
        {"ann/crm=x@example.com", "ann/crm=x@example.com"},
        {"ann@Example.com.", "ann@example.com"}, // the dot of a fully qualified name
    }));
    CAPTURE(row.text);
    const auto address = parse_address(row.text);
    REQUIRE(address);
    CHECK(address->text == row.address);
    CHECK(address->domain().text == row.address.substr(row.address.find('@') + 1));
}

TEST_CASE("what is no address is nothing")
{
    const std::string text =
        GENERATE("", " ", "ann", "@", "ann@", "@example.com", "ann@@example.com", "ann@example@com",
                 "ann smith@example.com", "ann@exam ple.com", "Ann <ann@example.com>",
                 "ann@example.com, bob@example.com", "ann@example.com;bob@example.com",
                 "ann\t@example.com", "ann\x01@example.com", "ann@.com", "ann@.",
                 "ann@example..com", "ann@example.com..", "ann\x7F@example.com",
                 "/O=EXCHANGELABS/OU=EXCHANGE ADMINISTRATIVE GROUP/CN=RECIPIENTS/CN=ann",
                 "/o=ExchangeLabs/ou=x/cn=ann@example.com", "EX:/o=Labs/cn=a@example.com");
    CAPTURE(text);
    CHECK_FALSE(parse_address(text));
    CHECK_FALSE(parse_address("ann\0@example.com"s));
}

TEST_CASE("an address has 320 characters at most")
{
    const std::string domain = "@example.com";
    CHECK(parse_address(std::string(320 - domain.size(), 'a') + domain));
    CHECK_FALSE(parse_address(std::string(321 - domain.size(), 'a') + domain));
    CHECK_FALSE(parse_address(std::string(10'000'000, 'a') + domain));
}

TEST_CASE("a normalised address stays as it is")
{
    rc::prop("any text", [](const std::string& local, const std::string& domain) {
        const auto address = parse_address(local + "@" + domain);
        if (!address)
            return;
        RC_ASSERT(parse_address(address->text) == address);
        RC_ASSERT(parse_domain(address->domain().text) == address->domain());
    });
}

TEST_CASE("domains")
{
    CHECK(parse_domain(" Example.COM ")->text == "example.com");
    CHECK(parse_domain("bücher.example")->text == "bücher.example");
    CHECK(parse_domain("example.com.")->text == "example.com");
    for (const char* text : {"", "a@b", "a b", ".com", ".", "com..", "a..b", "http://a", "a/b"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_domain(text));
    }
}
