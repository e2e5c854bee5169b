#include "base/failure.hpp"
#include "base/log.hpp"
#include "connector/graph/graph_batch.hpp"
#include "connector/graph/graph_delta.hpp"
#include "connector/graph/graph_error.hpp"
#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_message.hpp"
#include "fuzz.hpp"

using namespace crmsync;

namespace {

/// Rows left out are logged, thousands of them here.
[[maybe_unused]] const bool quiet = [] {
    log::set_level(log::Level::error);
    return true;
}();

/// What Graph sent must end in a value or in one of the connector's own failures.
template <class Read>
void read(Read what)
{
    try {
        what();
    } catch (const Failure& failure) {
        fuzz::must(failure.name().starts_with("graph."), "the failure is one of Graph's");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = fuzz::text_of(data, size);
    const graph::Urls urls("https://graph.microsoft.com", "ann@contoso.example");

    read([&] {
        const auto document = graph::parse_document(text);
        const Page page = graph::read_page(document->root(), MailboxId(1), urls);
        fuzz::must(!page.next.value.empty(), "a page has a cursor");
        for (const Change& change : page.changes)
            fuzz::must(!change.key.id.empty(), "a change has an id");
    });
    read([&] {
        const auto document = graph::parse_document(text);
        graph::read_folder_page(document->root(), urls);
    });
    read([&] {
        const auto answers = graph::read_batch(text, 3, graph::Bodies::errors_only);
        fuzz::must(answers.size() == 3, "there is a place for each part");
    });
    const net::Response response{400, {}, std::string(text)};
    const graph::Purpose purpose{"changes", "reading messages", "Mail.Read"};
    fuzz::must(!graph::classify(response, purpose).name.empty(), "a failure has a name");
    graph::split_message_ids(text);
    graph::property_tag(text);
    return 0;
}
