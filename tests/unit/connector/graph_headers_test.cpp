#include "connector/graph/graph_headers.hpp"
#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_message.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::graph;

namespace {

Item look(std::string_view headers, std::string_view more = "")
{
    const DocumentPtr row = parse_document(
        fmt::format(R"({{"id": "A"{}, "internetMessageHeaders": {}}})", more, headers));
    return *read_message(row->root(), MailboxId(1), Completeness::headers);
}

AutomaticMail automatic(std::string_view name, std::string_view value)
{
    const Item item = look(fmt::format(R"([{{"name": "MIME-Version", "value": "1.0"}},
                                           {{"name": "{}", "value": "{}"}}])",
                                       name, value));
    REQUIRE(item.message().automatic.has_value());
    return *item.message().automatic;
}

} // namespace

TEST_CASE("mail of machines is known by what they say about themselves")
{
    const std::pair<std::string_view, std::string_view> headers[] = {
        {"Auto-Submitted", "auto-replied"},
        {"Auto-Submitted", "  auto-generated"},
        {"auto-submitted", "auto-generated; owner-email=x"},
        {"Precedence", "bulk"},
        {"precedence", "List"},
        {"Precedence", "junk"},
        {"Precedence", "auto_reply"},
        {"X-Auto-Response-Suppress", "All"},
        {"X-Auto-Response-Suppress", "DR, OOF, AutoReply"},
        {"Content-Type", "multipart/report; report-type=delivery-status"},
        {"Content-Type", "message/disposition-notification"},
        {"Return-Path", "<>"},
    };
    for (const auto& [name, value] : headers) {
        INFO(name << ": " << value);
        const AutomaticMail found = automatic(name, value);
        CHECK(found.automatic);
        CHECK(same_word(found.header, name));
    }
}

TEST_CASE("mail of people is not taken for mail of machines")
{
    const std::pair<std::string_view, std::string_view> headers[] = {
        {"Auto-Submitted", "no"},           {"Auto-Submitted", "No; by hand"},
        {"Precedence", "normal"},           {"X-Auto-Response-Suppress", "DR, RN, NRN"},
        {"X-Auto-Response-Suppress", ""},   {"Content-Type", "multipart/mixed; boundary=report"},
        {"Return-Path", "<ann@x.example>"}, {"X-Precedence", "bulk"},
    };
    for (const auto& [name, value] : headers) {
        INFO(name << ": " << value);
        CHECK_FALSE(automatic(name, value).automatic);
    }
}

TEST_CASE("mail that only its readers may see is known by what its headers say of its contents")
{
    const auto is_protected = [](const char* name, const char* value) {
        return automatic(name, value).is_protected;
    };
    CHECK(is_protected("Content-Class", "rpmsg.message"));
    CHECK(is_protected("content-type", "Multipart/Encrypted; protocol=application/pgp-encrypted"));
    CHECK(is_protected("Content-Type", "application/pkcs7-mime; smime-type=enveloped-data"));
    CHECK(is_protected("Content-Type", "application/x-pkcs7-mime; name=smime.p7m"));
    CHECK_FALSE(is_protected("Content-Type", "application/pkcs7-mime; smime-type=Signed-Data"));
    CHECK_FALSE(is_protected("Content-Type", "multipart/signed"));
    CHECK_FALSE(is_protected("Content-Class", "urn:content-classes:message"));
    CHECK_FALSE(is_protected("X-Note", "rpmsg.message"));
}

TEST_CASE("a sent copy has no headers, and that is an answer")
{
    for (const std::string_view none : {"null", "[]"}) {
        const Item item = look(none);
        CHECK(item.message().automatic.has_value());
        CHECK_FALSE(item.message().automatic->automatic);
        CHECK(*item.sensitivity == Sensitivity::normal);
    }
}

TEST_CASE("headers that cannot be read are not taken for headers that say nothing")
{
    CHECK(look("17").unreadable == "internetMessageHeaders is no list");
    CHECK(look(R"("Sensitivity: private")").unreadable == "internetMessageHeaders is no list");
    CHECK(look("null").unreadable.empty());

    const Item odd = look(R"([{"name": "Sensitivity", "value": 2},
                              {"name": "Auto-Submitted", "value": ["auto-replied"]},
                              {"name": "X-Spam", "value": null}, 17])");
    CHECK(odd.unreadable.empty());
    CHECK(*odd.sensitivity == Sensitivity::private_);
    CHECK(odd.message().automatic->automatic);
}

TEST_CASE("the sender's own keywords are told, to be taken off")
{
    const AutomaticMail found = automatic("Keywords", "CRM Track; Red category, , Projects");

    CHECK(found.keywords == std::vector<std::string>{"CRM Track", "Red category", "Projects"});
    CHECK_FALSE(found.automatic);
}

TEST_CASE(
    "after a header look sensitivity is said: by the property, else by the header, else normal")
{
    constexpr std::string_view personal = R"(, "singleValueExtendedProperties":
        [{"id": "Integer 0x36", "value": "1"}])";
    constexpr std::string_view unknown = R"(, "singleValueExtendedProperties":
        [{"id": "Integer 0x36", "value": "9"}])";
    const auto header = [](std::string_view value) {
        return fmt::format(R"([{{"name": "Sensitivity", "value": "{}"}}])", value);
    };

    CHECK(*look(header("Company-Confidential"), personal).sensitivity == Sensitivity::personal);
    CHECK(*look(header("Company-Confidential")).sensitivity == Sensitivity::confidential);
    CHECK(*look(header("private")).sensitivity == Sensitivity::private_);
    CHECK(*look(header("Personal")).sensitivity == Sensitivity::personal);
    CHECK(*look(header("Normal")).sensitivity == Sensitivity::normal);
    CHECK(*look(header("Geheim")).sensitivity == Sensitivity::private_);
    CHECK(*look("[]", unknown).sensitivity == Sensitivity::private_);
}
