#include "bench/stopwatch.hpp"
#include "bench/table.hpp"
#include "connector/graph/graph_batch.hpp"
#include "connector/graph/graph_body.hpp"
#include "connector/graph/graph_delta.hpp"
#include "connector/graph/graph_json.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

using namespace crmsync;
using namespace crmsync::bench;

namespace {

const MailboxId mailbox(1);

/// An id as long as real ones are.
std::string long_id(int n, std::size_t length)
{
    std::string id = fmt::format("AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A{:08}", n);
    id.append(length > id.size() ? length - id.size() : 0, 'A');
    return id;
}

std::string row(int n)
{
    return fmt::format(
        R"({{"@odata.type":"#microsoft.graph.message","@odata.etag":"W/\"CQAAABYAAAC{0:08}\"",)"
        R"("id":"{1}","changeKey":"CQAAABYAAAC{0:08}","parentFolderId":"{2}",)"
        R"("conversationId":"{3}","conversationIndex":"AQHZ{0:08}x0123456789012345678901==",)"
        R"("subject":"Angebot f\u00fcr Ersatzteile {0}","internetMessageId":)"
        R"("<AM0PR04MB{0:08}0123456789ABCDEF0123456789@AM0PR04MB0001.eurprd04.prod.example>",)"
        R"("sentDateTime":"2026-03-02T08:59:58Z","receivedDateTime":"2026-03-02T09:00:00Z",)"
        R"("createdDateTime":"2026-03-02T09:00:00Z","lastModifiedDateTime":"2026-03-02T09:00:01Z",)"
        R"("categories":["CRM Track","Blue category"],"isDraft":false,"hasAttachments":false,)"
        R"("from":{{"emailAddress":{{"name":"Ann Berg {0}","address":"ann{0}@customer.example"}}}},)"
        R"("sender":{{"emailAddress":{{"name":"Ann Berg {0}","address":"ann{0}@customer.example"}}}},)"
        R"("replyTo":[],"toRecipients":[{{"emailAddress":{{"name":"Kim Sundqvist","address":)"
        R"("kim@contoso.example"}}}},{{"emailAddress":{{"name":"Bo Ek","address":"bo@contoso.example"}}}}],)"
        R"("ccRecipients":[],"bccRecipients":[],"singleValueExtendedProperties":[)"
        R"({{"id":"String 0x1042","value":"<before{0}@customer.example>"}},)"
        R"({{"id":"String 0x1039","value":"<first{0}@customer.example> <before{0}@customer.example>"}},)"
        R"({{"id":"Integer 0x36","value":"0"}},{{"id":"String 0x1a","value":"IPM.Note"}},)"
        R"({{"id":"Integer 0xe08","value":"10431"}}]}})",
        n, long_id(n, 152), long_id(0, 120), long_id(n + 1, 108));
}

std::string page_text(int rows)
{
    std::string text = R"({"@odata.context":"https://graph.example/v1.0/$metadata#x","value":[)";
    for (int i = 0; i < rows; ++i)
        text += (i ? "," : "") + row(i);
    return text + R"(],"@odata.deltaLink":"https://graph.example/v1.0/x?$deltatoken=1"})";
}

std::string bodies_text(int parts, std::size_t body_bytes)
{
    std::string text = R"({"responses":[)";
    for (int i = 0; i < parts; ++i) {
        std::string body = R"(<html><body><div class=\"x\">)";
        while (body.size() < body_bytes)
            body += fmt::format("<p>Zeile {} mit Gr\\u00fc\\u00dfen.</p>\\r\\n", body.size());
        text += fmt::format(
            R"({}{{"id":"{}","status":200,"headers":{{"Content-Type":"application/json"}},)"
            R"("body":{{"id":"{}","changeKey":"CQAAABYAAAC","body":{{"contentType":"html",)"
            R"("content":"{}</body></html>"}},"attachments":[]}}}})",
            i ? "," : "", i, long_id(i, 152), body);
    }
    return text + "]}";
}

void measure(Table& table, const char* name, const std::string& text, int messages, int rounds,
             const std::function<int(const std::string&)>& read)
{
    const double started = processor_seconds();
    for (int round = 0; round < rounds; ++round)
        if (const int found = read(text); found != messages)
            throw std::runtime_error(fmt::format("{}: {} of {} read", name, found, messages));
    const double seconds = processor_seconds() - started;
    table.add(name, fmt::format("{:.0f} MB/s, {:.1f} µs a message",
                                static_cast<double>(text.size()) * rounds / seconds / 1e6,
                                seconds * 1e6 / messages / rounds));
}

int whole_rows(const Page& page)
{
    int count = 0;
    for (const Change& change : page.changes)
        count += change.item && change.item->complete() ? 1 : 0;
    return count;
}

int whole_bodies(const std::string& text, std::size_t parts)
{
    int count = 0;
    for (const auto& answer : graph::read_batch(text, parts, graph::Bodies::kept))
        count += answer && graph::read_body(answer->body(), mailbox) ? 1 : 0;
    return count;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        const bool smoke = argc > 1 && std::string_view(argv[1]) == "--smoke";
        const int rounds = smoke ? 3 : 200;
        const graph::Urls urls("https://graph.example", "kim@contoso.example");
        constexpr int rows = 200;
        constexpr int parts = 20;
        const std::string page = page_text(rows);
        const std::string bodies = bodies_text(parts, 4096);

        Table table("Reading what Graph answers, by processor time");
        measure(table, "page of changes: JSON alone", page, rows, rounds, [](const auto& text) {
            const graph::DocumentPtr document = graph::parse_document(text);
            return static_cast<int>(graph::member(document->root(), "value")->as_array().size());
        });
        measure(table, "page of changes", page, rows, rounds, [&](const auto& text) {
            return whole_rows(graph::read_page(graph::parse_document(text)->root(), mailbox, urls));
        });
        measure(table, "batch of bodies", bodies, parts, rounds * 10,
                [](const auto& text) { return whole_bodies(text, parts); });
        table.print();
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "bench_page: {}\n", failure.what());
        return 1;
    }
}
