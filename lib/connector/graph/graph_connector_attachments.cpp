#include "connector/graph/graph_connector.hpp"
#include "connector/graph/graph_purposes.hpp"

#include <algorithm>

namespace crmsync::graph {

namespace asio = boost::asio;

namespace {

constexpr std::int64_t small_attachment = 256 * 1024;
/// Of contents in one batch: as base64 they make an answer of four thirds of it.
constexpr std::int64_t batched_bytes = 3 * 1024 * 1024;
/// The stored size is larger than the file (G-155): only what is clearly too large is not asked
/// for.
constexpr std::int64_t stored_overhead = 64 * 1024;

AttachmentContent without(std::string reason, bool transient = false)
{
    AttachmentContent content;
    content.reason = std::move(reason);
    content.transient = transient;
    return content;
}

AttachmentContent with(std::string bytes, std::int64_t max_bytes)
{
    if (static_cast<std::int64_t>(bytes.size()) > max_bytes)
        return without("size");
    AttachmentContent content;
    content.bytes = std::move(bytes);
    return content;
}

/// The size Graph tells is that of the file and more (G-155), and nothing only of an empty one.
bool may_be(const std::string& bytes, std::int64_t stored_size)
{
    const auto size = static_cast<std::int64_t>(bytes.size());
    return stored_size <= 0 || (size <= stored_size && size >= stored_size - stored_overhead);
}

AttachmentContent refused(const GraphError& error)
{
    if (error.name == "graph.not_offered") // the contents are elsewhere (G-153)
        return without("reference");
    if (error.name == "graph.too_large")
        return without("size");
    return without("unreadable", error.transient());
}

} // namespace

asio::awaitable<AttachmentContent> GraphConnector::fetch_alone(AttachmentRef attachment,
                                                               std::int64_t max_bytes)
{
    const std::string path =
        calls_.urls().attachment_value(attachment.item_id, attachment.attachment_id);
    net::Request request = Calls::request(net::Method::get, calls_.urls().url(path));
    request.max_body = static_cast<std::size_t>(max_bytes);
    request.deadline = std::chrono::minutes(5);
    net::Response response;
    try {
        response = co_await calls_.send(std::move(request), purpose::attachments);
    } catch (const Failure& failure) {
        const bool only_here = failure.name() == "graph.busy" && !failure.advice();
        if (failure.name() != "net.answer_too_large" && !only_here)
            throw;
        co_return only_here ? without("unreadable", true) : without("size");
    }
    if (response.status >= 200 && response.status < 300)
        co_return with(std::move(response.body), max_bytes);
    const GraphError error = classify(response, purpose::attachments);
    if (is_mailbox_wide(error) && !is_its_own(error, grants_bodies_))
        throw failure_of(error, calls_.mailbox());
    co_return refused(error);
}

asio::awaitable<void> GraphConnector::fetch_small(const std::vector<AttachmentRef>& attachments,
                                                  std::vector<std::size_t> which,
                                                  std::int64_t max_bytes,
                                                  std::vector<AttachmentContent>& contents)
{
    std::vector<Part> parts;
    for (const std::size_t index : which)
        parts.push_back(get_part(calls_.urls().attachment_value(attachments[index].item_id,
                                                                attachments[index].attachment_id)));
    std::vector<std::size_t> alone;
    Calls::Use use = [&](std::size_t part, const PartAnswer& answer) {
        AttachmentContent& content = contents[which[part]];
        if (answer.success()) {
            std::optional<std::string> bytes = binary_of(answer);
            if (bytes && may_be(*bytes, attachments[which[part]].size))
                content = with(std::move(*bytes), max_bytes);
            else // by itself it is nothing but bytes
                alone.push_back(which[part]);
            return;
        }
        const GraphError error = classify(answer.status, answer.body(), purpose::attachments);
        if (asks_to_wait(error, answer) || error.finding == Finding::token ||
            (denies_the_mailbox(error) && !is_its_own(error, grants_bodies_)))
            give_up(error, answer);
        content = refused(error);
    };
    co_await calls_.batch(std::move(parts), purpose::attachments, Bodies::kept, std::move(use));
    for (const std::size_t index : alone)
        contents[index] = co_await fetch_alone(attachments[index], max_bytes);
}

asio::awaitable<std::vector<AttachmentContent>>
GraphConnector::fetch_attachments(std::vector<AttachmentRef> attachments, std::int64_t max_bytes)
{
    std::vector<AttachmentContent> contents(attachments.size());
    std::vector<std::size_t> batch;
    std::int64_t batch_bytes = 0;
    for (std::size_t i = 0; i < attachments.size(); ++i) {
        const AttachmentRef& attachment = attachments[i];
        if (attachment.size > max_bytes + stored_overhead) {
            contents[i] = without("size");
            continue;
        }
        if (attachment.size > small_attachment) {
            contents[i] = co_await fetch_alone(attachment, max_bytes);
            continue;
        }
        if (batch.size() == batch_size || batch_bytes + attachment.size > batched_bytes) {
            co_await fetch_small(attachments, std::move(batch), max_bytes, contents);
            batch.clear();
            batch_bytes = 0;
        }
        batch.push_back(i);
        batch_bytes += attachment.size;
    }
    if (!batch.empty())
        co_await fetch_small(attachments, std::move(batch), max_bytes, contents);
    co_return contents;
}

} // namespace crmsync::graph
