#include "connector/graph/graph_batch.hpp"

#include "base/digest.hpp"
#include "base/failure.hpp"
#include "connector/graph/graph_envelope.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace crmsync::graph {

namespace json = boost::json;

namespace {

std::optional<std::size_t> index_of(const json::value* id, std::size_t parts)
{
    const auto number = number_of(id); // the service answers texts, proxies have made them numbers
    if (!number || *number < 0 || static_cast<std::size_t>(*number) >= parts)
        return std::nullopt;
    return static_cast<std::size_t>(*number);
}

net::Headers headers_of(const json::value* value)
{
    net::Headers headers;
    const json::object* object = value ? value->if_object() : nullptr;
    if (!object)
        return headers;
    headers.reserve(object->size());
    for (const auto& entry : *object) {
        if (const auto text = text_of(&entry.value()))
            headers.push_back({std::string(entry.key()), std::string(*text)});
        else if (const auto number = number_of(&entry.value()))
            headers.push_back({std::string(entry.key()), std::to_string(*number)});
    }
    return headers;
}

} // namespace

const json::value& PartAnswer::body() const
{
    static const json::value none;
    return content ? *content : none;
}

std::string batch_text(std::span<const Part* const> parts)
{
    // By hand: the bodies are JSON text already.
    std::string text = R"({"requests":[)";
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Part& part = *parts[i];
        text += i ? ",{" : "{";
        text += fmt::format(R"("id":"{}","method":"{}","url":)", i, net::to_string(part.method));
        text += json::serialize(json::value(json::string_view(part.path)));
        if (!part.headers.empty()) {
            json::object headers;
            for (const net::Header& header : part.headers)
                headers[header.name] = header.value;
            text += R"(,"headers":)";
            text += json::serialize(headers);
        }
        if (!part.body.empty()) {
            text += R"(,"body":)";
            text += part.body;
        }
        text += '}';
    }
    text += "]}";
    return text;
}

std::vector<std::optional<PartAnswer>> read_batch(std::string_view text, std::size_t parts,
                                                  Bodies bodies)
{
    const DocumentPtr document = bodies == Bodies::kept
                                     ? parse_document(text)
                                     : parse_document(without_successful_bodies(text));
    const json::value* responses = member(document->root(), "responses");
    const json::array* list = responses ? responses->if_array() : nullptr;
    if (!list)
        throw Failure(Reaction::retry, "graph.unreadable_answer",
                      "Graph's answer to a batch holds no list of answers");

    std::vector<std::optional<PartAnswer>> answers(parts);
    for (const json::value& response : *list) {
        const std::optional<std::size_t> index = index_of(member(response, "id"), parts);
        const std::optional<std::int64_t> status = number_of(member(response, "status"));
        if (!index || !status)
            continue; // counts as missing, and is asked again
        PartAnswer& answer = answers[*index].emplace();
        answer.status = static_cast<int>(*status);
        answer.headers = headers_of(member(response, "headers"));
        answer.document = document;
        answer.content = member(response, "body");
    }
    return answers;
}

std::optional<std::string> binary_of(const PartAnswer& answer)
{
    const std::string type = lower_ascii(net::find(answer.headers, "Content-Type"));
    const auto text = text_of(answer.content);
    if (!text || type.starts_with("text/") || type.find("json") != std::string::npos)
        return std::nullopt;
    std::string padded(*text);
    std::replace(padded.begin(), padded.end(), '-', '+');
    std::replace(padded.begin(), padded.end(), '_', '/');
    while (padded.ends_with('='))
        padded.pop_back();
    padded.append((4 - padded.size() % 4) % 4, '=');
    try {
        return from_base64(padded);
    } catch (const Failure&) {
        return std::nullopt;
    }
}

} // namespace crmsync::graph
