#include "simulator/graph.hpp"
#include "simulator/json_text.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace crmsync::sim {

namespace json = boost::json;

const json::object& Call::body()
{
    const json::value* value = request.json;
    if (!value) {
        if (!parsed) {
            boost::system::error_code ec;
            parsed = json::parse(request.body, ec);
            if (ec)
                throw errors::bad_request("Unable to read JSON request payload. Please ensure "
                                          "Content-Type header is set and payload is of valid "
                                          "JSON format.");
        }
        value = &*parsed;
    }
    if (!value->is_object())
        throw errors::bad_request("Unable to read JSON request payload.");
    return value->get_object();
}

std::string user_url(const Call& call)
{
    return fmt::format("{}/v1.0/users('{}')", call.request.base, call.mailbox->id());
}

Answer json_answer(std::string body, int status)
{
    Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    return answer;
}

Answer no_content(int status)
{
    Answer answer;
    answer.status = status;
    answer.kind = Answer::Kind::none;
    return answer;
}

Graph::Graph(World& world) : tokens(world.clock()), world_(world) {}

std::string Graph::next_request_id()
{
    const std::uint64_t number = ++request_ids_;
    return fmt::format("{:08x}-51a0-4b9b-8b13-{:012x}",
                       static_cast<std::uint32_t>(number * 2654435761u), number);
}

Mailbox* Graph::mailbox_of(const Request& request)
{
    if (request.path.size() < 2 || !same_name(request.path[0], "users"))
        return nullptr;
    return world_.find(request.path[1]);
}

void Graph::authorise(Call& call)
{
    const std::string_view authorization = call.request.header("Authorization");
    if (authorization.empty())
        throw errors::invalid_token("Access token is empty.");
    const Grant* const grant = tokens.find(authorization);
    if (!grant)
        throw errors::invalid_token("CompactToken parsing failed with error code: 80049217");
    if (grant->expires <= world_.clock().now())
        throw errors::invalid_token("Lifetime validation failed, the token is expired.");
    if (switches.unauthorised_next > 0) {
        --switches.unauthorised_next;
        throw errors::invalid_token("Lifetime validation failed, the token is expired.");
    }
    call.roles = grant->roles;
}

void Graph::meet_fault(Call& call, const std::optional<Fault>& given)
{
    std::optional<Fault> fault = given;
    if (!fault && call.entry.batch != 0) // the server has looked already for whole requests
        fault = faults.take(call.request.method, call.request.target,
                            call.mailbox ? call.mailbox->id() : std::string_view{}, false);
    if (!fault || fault->kind != Fault::Kind::fail)
        return;
    GraphError error{fault->status, fault->code, fault->message};
    if (fault->retry_after)
        error.headers.emplace_back("Retry-After", *fault->retry_after);
    if (fault->empty_body)
        error.headers.emplace_back("x-sim-body", "empty");
    else if (!fault->raw_body.empty()) {
        error.headers.emplace_back("x-sim-body", "raw");
        error.message = fault->raw_body;
    }
    throw error;
}

Answer Graph::failed(Call& call, const GraphError& error)
{
    call.entry.code = error.code;
    Answer answer;
    answer.status = error.status;
    for (const auto& header : error.headers)
        if (header.first != "x-sim-body")
            answer.headers.push_back(header);
    const std::string* const shape = find_header(error.headers, "x-sim-body");
    if (shape && *shape == "empty") {
        answer.kind = Answer::Kind::none;
    } else if (shape) {
        answer.kind = Answer::Kind::text;
        answer.body = error.message;
    } else {
        answer.body = error_body(error.code, error.message, world_.clock().now(), next_request_id(),
                                 call.request.header("client-request-id"));
    }
    return answer;
}

Answer Graph::answer(Request& request, Admission& admission, const std::optional<Fault>& fault)
{
    Answer answer;
    if (admission.batch)
        answer = answer_batch(request, *admission.batch, fault);
    else
        answer = answer_one(request, fault, 0, admission.refusal.has_value());
    answer.headers.emplace_back("request-id", next_request_id());
    const std::string_view client_id = request.header("client-request-id");
    if (!client_id.empty())
        answer.headers.emplace_back("client-request-id", client_id);
    return answer;
}

Answer Graph::answer_one(Request& request, const std::optional<Fault>& fault, std::uint64_t batch,
                         bool refused)
{
    Call call{.request = request, .preferences = read_preferences(request)};
    call.mailbox = mailbox_of(request);
    call.entry.number = record.next_number();
    call.entry.batch = batch;
    call.entry.part = request.part;
    call.entry.method = request.method;
    note_asked(call);
    Answer answer;
    try {
        if (call.mailbox)
            if (const auto wait = throttle.count(call.mailbox->id(), world_.clock().now());
                wait && switches.limit_requests)
                throw errors::mailbox_quota(*wait);
        if (refused)
            throw errors::mailbox_concurrency();
        authorise(call);
        meet_fault(call, fault);
        answer = route(call);
    } catch (const GraphError& error) {
        answer = failed(call, error);
    }
    std::string applied = call.preferences.applied();
    if (call.preferences.minimal_return && request.method == "PATCH" && answer.status == 204)
        applied += applied.empty() ? "return=minimal" : ", return=minimal";
    if (!applied.empty() && answer.status < 300)
        answer.headers.emplace_back("Preference-Applied", applied);
    if (recording)
        finish_entry(call, answer.status);
    return answer;
}

namespace {

GraphError no_operation(const Call& call)
{
    const std::string methods = methods_of(call.request.path);
    return methods.empty() ? errors::unknown_segment(call.request.path.back())
                           : errors::not_allowed(methods);
}

} // namespace

Answer Graph::route(Call& call)
{
    const std::string_view first = call.word(0);
    if (same_name(first, "me"))
        throw errors::bad_request("/me request is only valid with delegated authentication flow.");
    if (!same_name(first, "users"))
        throw errors::unknown_segment(first);
    if (!call.operation)
        throw no_operation(call);
    if (call.request.path.size() <= 2) {
        permit(call);
        return call.request.path.size() == 1 ? list_users(call) : get_user(call);
    }
    return route_user(call);
}

Answer Graph::route_user(Call& call)
{
    if (!call.mailbox)
        throw GraphError{404, "ErrorInvalidUser",
                         fmt::format("The requested user '{}' is invalid.", call.word(1))};
    switch (call.mailbox->spec().absence) {
    case Absence::none:
        break;
    case Absence::not_enabled:
        throw GraphError{404, "MailboxNotEnabledForRESTAPI",
                         "The mailbox is either inactive, soft-deleted, or is hosted on-premise."};
    case Absence::not_supported:
        throw GraphError{404, "MailboxNotEnabledForRESTAPI",
                         "REST API is not yet supported for this mailbox."};
    case Absence::not_discovered:
        throw GraphError{404, "ResourceNotFound", "Resource could not be discovered."};
    case Absence::empty_answer:
        throw GraphError{404, "", "", {{"x-sim-body", "empty"}}};
    case Absence::no_inbox:
        throw GraphError{404, "ErrorItemNotFound", "Default folder Inbox not found."};
    case Absence::denied:
        throw errors::access_denied();
    case Absence::denied_by_policy:
        throw errors::access_by_policy();
    }
    permit(call);
    const std::string_view what = call.word(2);
    if (same_name(what, "mailFolders"))
        return route_folders(call, 3);
    if (same_name(what, "messages"))
        return route_messages(call, 3, nullptr);
    if (same_name(what, "outlook") && same_name(call.word(3), "masterCategories"))
        return route_categories(call, 4);
    if (same_name(what, "mailboxSettings"))
        return mailbox_settings(call);
    if (same_name(what, "sendMail"))
        return send_mail(call);
    return translate_ids(call);
}

void Graph::note_token_request()
{
    if (!recording)
        return;
    RecordEntry entry;
    entry.at = world_.clock().now();
    entry.number = record.next_number();
    entry.operation = "token";
    entry.method = "POST";
    record.add(std::move(entry));
}

void Graph::hold_changes(bool on)
{
    switches.hold_changes = on;
    held_at_.clear();
    if (on)
        for (const auto& mailbox : world_.mailboxes())
            held_at_[mailbox.get()] = mailbox->change();
}

} // namespace crmsync::sim
