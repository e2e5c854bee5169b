#include "base/digest.hpp"
#include "simulator/graph.hpp"
#include "simulator/json_text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace crmsync::sim {

namespace json = boost::json;

namespace {

constexpr std::size_t largest_batch = 20;

BatchPlan::Part read_part(const json::value& value, const Request& outer)
{
    const auto refuse = [](std::string_view why) -> GraphError { return errors::bad_request(why); };
    if (!value.is_object())
        throw refuse("Invalid batch payload format.");
    const json::object& object = value.get_object();
    const auto text = [&](std::string_view name) -> std::string {
        const json::value* const member = object.if_contains(name);
        if (!member || !member->is_string())
            throw refuse("Invalid batch payload format.");
        return std::string(member->get_string());
    };
    BatchPlan::Part part;
    Request& request = part.request;
    request.part = text("id");
    request.method = text("method");
    std::transform(request.method.begin(), request.method.end(), request.method.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    const std::string url = text("url");
    if (url.starts_with("http:") || url.starts_with("https:"))
        throw refuse("Invalid batch payload format: the URL of a step must be relative.");
    read_target(request, url);
    request.base = outer.base;
    if (const json::value* const headers = object.if_contains("headers");
        headers && headers->is_object())
        for (const auto& [name, header] : headers->get_object())
            if (header.is_string())
                request.headers.emplace_back(name, header.get_string());
    if (const json::value* const body = object.if_contains("body")) {
        request.json = body;
        if (body->is_string()) // binary and plain bodies travel as base64
            request.body = body->get_string();
        const std::string_view type = request.header("Content-Type");
        if (type.empty())
            throw refuse("Write request id : " + request.part +
                         " does not contain Content-Type header or body.");
    }
    if (request.header("Authorization").empty())
        request.headers.emplace_back("Authorization", outer.header("Authorization"));
    if (const json::value* const first = object.if_contains("dependsOn");
        first && first->is_array())
        for (const json::value& id : first->get_array())
            if (id.is_string())
                part.depends_on.emplace_back(id.get_string());
    return part;
}

BatchPlan read_batch(const Request& request)
{
    BatchPlan plan;
    boost::system::error_code ec;
    plan.document = json::parse(request.body, ec);
    const json::value* requests = nullptr;
    if (!ec && plan.document.is_object())
        requests = plan.document.get_object().if_contains("requests");
    try {
        if (!requests || !requests->is_array() || requests->get_array().empty())
            throw errors::bad_request("Invalid batch payload format.");
        if (requests->get_array().size() > largest_batch)
            throw errors::bad_request(
                "Number of batch request steps exceeds the maximum value of 20.");
        std::set<std::string> ids;
        for (const json::value& value : requests->get_array()) {
            plan.parts.push_back(read_part(value, request));
            const auto& part = plan.parts.back();
            if (!ids.insert(part.request.part).second)
                throw errors::bad_request("Request Id has to be unique in a batch.");
            for (const std::string& id : part.depends_on)
                if (!ids.contains(id))
                    throw errors::bad_request("A step may depend on earlier steps only.");
        }
    } catch (const GraphError& error) {
        plan.error = error;
        plan.parts.clear();
    }
    return plan;
}

void append_part(std::string& out, const std::string& id, const Answer& answer)
{
    if (out.back() != '[')
        out += ',';
    out += R"({"id":)";
    append_string(out, id);
    out += R"(,"status":)";
    append_number(out, static_cast<std::uint64_t>(answer.status));
    out += R"(,"headers":{"Cache-Control":"private")";
    for (const auto& [name, value] : answer.headers) {
        append_name(out, name);
        append_string(out, value);
    }
    if (answer.kind == Answer::Kind::json)
        out += R"(,"Content-Type":"application/json;odata.metadata=minimal;odata.streaming=true;)"
               R"(IEEE754Compatible=false;charset=utf-8")";
    else if (answer.kind == Answer::Kind::text)
        out += R"(,"Content-Type":"text/plain")";
    out += '}';
    if (answer.kind == Answer::Kind::json) {
        out += R"(,"body":)";
        out += answer.body;
    } else if (answer.kind != Answer::Kind::none) {
        out += R"(,"body":)";
        append_string(out, base64(answer.body));
    }
    out += '}';
}

} // namespace

bool Graph::refuses_part()
{
    return switches.refuse_part_every > 0 && ++parts_ % switches.refuse_part_every == 0;
}

Admission Graph::admit(Request& request)
{
    Admission admission;
    const bool is_batch =
        request.path.size() == 1 && request.path[0] == "$batch" && request.method == "POST";
    if (!is_batch) {
        const Mailbox* const mailbox = mailbox_of(request);
        if (!mailbox)
            return admission;
        Throttle::Use& use = throttle.of(mailbox->id());
        use.most = std::max(use.most, use.running + 1);
        if (switches.limit_concurrency && use.running >= Throttle::at_once) {
            admission.refusal = errors::mailbox_concurrency();
            return admission;
        }
        ++use.running;
        admission.places.emplace_back(mailbox->id(), 1);
        return admission;
    }
    admission.batch = read_batch(request);
    // Four parts run at a time, or one where they depend on each other. Where another request runs
    // on that mailbox, some of each four find no place.
    std::map<std::string, std::vector<BatchPlan::Part*>> by_mailbox;
    bool ordered = false;
    for (BatchPlan::Part& part : admission.batch->parts) {
        part.mailbox = mailbox_of(part.request);
        ordered = ordered || !part.depends_on.empty();
        if (part.mailbox)
            by_mailbox[part.mailbox->id()].push_back(&part);
    }
    for (auto& [id, parts] : by_mailbox) {
        Throttle::Use& use = throttle.of(id);
        const std::size_t wave = ordered ? 1 : std::min(Throttle::at_once, parts.size());
        const std::size_t free = Throttle::at_once - std::min(Throttle::at_once, use.running);
        const std::size_t taken = switches.limit_concurrency ? std::min(wave, free) : wave;
        for (std::size_t i = 0; i < parts.size(); ++i)
            parts[i]->refused = i % wave >= taken || refuses_part();
        use.most = std::max(use.most, use.running + wave);
        use.running += taken;
        if (taken > 0)
            admission.places.emplace_back(id, taken);
    }
    return admission;
}

void Graph::release(const Admission& admission)
{
    for (const auto& [mailbox, places] : admission.places)
        throttle.of(mailbox).running -= places;
}

void Graph::note_dropped(Request& request)
{
    if (request.path.size() != 1 || request.path[0] != "$batch")
        return note_unanswered(request, 0, 0);
    const std::uint64_t number = record.next_number();
    for (BatchPlan::Part& part : read_batch(request).parts)
        note_unanswered(part.request, number, 0);
}

Answer Graph::answer_batch(Request& request, BatchPlan& plan, const std::optional<Fault>& fault)
{
    Call call{.request = request, .preferences = {}};
    call.entry.number = record.next_number();
    call.entry.operation = "batch";
    call.entry.method = request.method;
    Answer answer;
    try {
        authorise(call);
        if (fault)
            meet_fault(call, fault);
        if (plan.error)
            throw *plan.error;
        std::map<std::string, int> statuses;
        std::vector<std::pair<std::string, Answer>> answers;
        for (BatchPlan::Part& part : plan.parts) {
            const bool after_failure =
                std::any_of(part.depends_on.begin(), part.depends_on.end(),
                            [&](const std::string& id) { return statuses[id] >= 400; });
            Answer one;
            if (after_failure) {
                one = failed(call, {424, "FailedDependency",
                                    "The request failed because a request it depends on failed."});
                call.entry.code.clear();
                note_unanswered(part.request, call.entry.number, one.status);
            } else {
                one = answer_one(part.request, std::nullopt, call.entry.number, part.refused);
            }
            statuses[part.request.part] = one.status;
            answers.emplace_back(part.request.part, std::move(one));
        }
        for (std::size_t i = answers.size(); i > 1; --i) {
            shuffle_ = shuffle_ * 6364136223846793005ULL + 1442695040888963407ULL;
            std::swap(answers[i - 1], answers[(shuffle_ >> 33) % i]);
        }
        std::size_t size = 64;
        for (const auto& [id, one] : answers)
            size += one.body.size() + 512;
        answer.body.reserve(size);
        answer.body = R"({"responses":[)";
        for (const auto& [id, one] : answers)
            append_part(answer.body, id, one);
        answer.body += "]}";
    } catch (const GraphError& error) {
        answer = failed(call, error);
        for (BatchPlan::Part& part : plan.parts)
            note_unanswered(part.request, call.entry.number, answer.status);
    }
    if (recording)
        finish_entry(call, answer.status);
    return answer;
}

} // namespace crmsync::sim
