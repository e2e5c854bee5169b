#include "base/log.hpp"
#include "connector/graph/graph_connector.hpp"
#include "connector/graph/graph_purposes.hpp"
#include "connector/graph/spooled_body.hpp"

#include <algorithm>

namespace crmsync::graph {

namespace asio = boost::asio;

namespace {

constexpr std::int64_t small_attachment = 256 * 1024;
/// Of contents in one batch: as base64 they make an answer of four thirds of it.
constexpr std::int64_t batched_bytes = 3 * 1024 * 1024;

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

/// A transfer may take that long, and longer for each megabyte.
constexpr std::chrono::minutes least_time(5);
constexpr std::chrono::seconds time_for_megabyte(4);

std::chrono::milliseconds time_for(std::int64_t bytes)
{
    return least_time + time_for_megabyte * (std::max<std::int64_t>(bytes, 0) / 1'000'000);
}

/// The size Graph tells is that of the file and more (G-155).
bool may_be(const std::string& bytes, std::int64_t stored_size)
{
    const auto size = static_cast<std::int64_t>(bytes.size());
    return size <= stored_size && size >= stored_size - stored_overhead;
}

AttachmentContent refused(const GraphError& error)
{
    if (error.name == "graph.not_offered") // the contents are elsewhere (G-153)
        return without("reference");
    if (error.name == "graph.too_large")
        return without("size");
    if (error.name == "graph.virus_found")
        return without("malware");
    if (error.finding == Finding::gone) // listed and taken away since, by a person or a scanner
        return without("purged");
    return without("unreadable", error.transient());
}

} // namespace

asio::awaitable<AttachmentContent> GraphConnector::fetch_alone(AttachmentRef attachment,
                                                               ContentLimits limits)
{
    const std::string path =
        calls_.urls().attachment_value(attachment.item_id, attachment.attachment_id);
    net::Request request = Calls::request(net::Method::get, calls_.urls().url(path));
    request.max_body = static_cast<std::size_t>(limits.max_bytes);
    request.deadline = time_for(std::min(attachment.size, limits.max_bytes));
    const auto spooled = std::make_shared<SpooledBody>(std::move(limits.directory));
    request.sink = spooled;
    net::Response response;
    try {
        response = co_await calls_.send(std::move(request), purpose::attachments);
    } catch (const Failure& failure) {
        if (failure.name() == "file.unwritable") {
            log::warn(log::Area::graph, "a long attachment has to wait",
                      {{"mailbox", mailbox_.value}, {"why", failure.message()}});
            co_return without("unreadable", true);
        }
        const bool only_here = failure.name() == "graph.busy" && !failure.advice();
        if (failure.name() != "net.answer_too_large" && !only_here)
            throw;
        co_return only_here ? without("unreadable", true) : without("size");
    }
    if (response.status >= 200 && response.status < 300)
        co_return spooled->content();
    const GraphError error = classify(response, purpose::attachments);
    if (is_mailbox_wide(error) && !is_its_own(error, grants_bodies_))
        throw failure_of(error, calls_.mailbox());
    co_return refused(error);
}

asio::awaitable<void> GraphConnector::fetch_small(const std::vector<AttachmentRef>& attachments,
                                                  std::vector<std::size_t> which,
                                                  ContentLimits limits,
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
                content = with(std::move(*bytes), limits.max_bytes);
            else // by itself it is nothing but bytes
                alone.push_back(which[part]);
            return;
        }
        const GraphError error = classify(answer.status, answer.body(), purpose::attachments);
        if (asks_to_wait(error, answer) || error.finding == Finding::token ||
            (denies_the_mailbox(error) && !is_its_own(error, grants_bodies_)))
            give_up(error, answer);
        if (error.name == "graph.too_large") // more than was told of it
            alone.push_back(which[part]);
        else
            content = refused(error);
    };
    co_await calls_.batch(std::move(parts), purpose::attachments, Bodies::kept, std::move(use));
    for (const std::size_t index : alone)
        contents[index] = co_await fetch_alone(attachments[index], limits);
}

asio::awaitable<std::vector<AttachmentContent>>
GraphConnector::fetch_attachments(std::vector<AttachmentRef> attachments, ContentLimits limits)
{
    std::vector<AttachmentContent> contents(attachments.size());
    std::vector<std::size_t> batch;
    std::int64_t batch_bytes = 0;
    for (std::size_t i = 0; i < attachments.size(); ++i) {
        const AttachmentRef& attachment = attachments[i];
        if (attachment.size > limits.max_bytes + stored_overhead) {
            contents[i] = without("size");
            continue;
        }
        // Where no size is told (G-155: it is never less than the file) it may be any.
        if (attachment.size > small_attachment || attachment.size <= 0) {
            contents[i] = co_await fetch_alone(attachment, limits);
            continue;
        }
        if (batch.size() == batch_size || batch_bytes + attachment.size > batched_bytes) {
            co_await fetch_small(attachments, std::move(batch), limits, contents);
            batch.clear();
            batch_bytes = 0;
        }
        batch.push_back(i);
        batch_bytes += attachment.size;
    }
    if (!batch.empty())
        co_await fetch_small(attachments, std::move(batch), limits, contents);
    co_return contents;
}

} // namespace crmsync::graph
