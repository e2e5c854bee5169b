#include "simulator/script_http.hpp"

#include "base/failure.hpp"
#include "simulator/script_json.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <map>
#include <stdexcept>

namespace crmsync::sim {

namespace json = boost::json;

namespace {

using Operation = std::string (*)(Script&, ScriptArguments&);

std::string ok() { return "{}"; }
std::string one(const ItemRef& item) { return items_json({item}); }

Absence absence_of(const std::string& name)
{
    const std::map<std::string, Absence> known{{"none", Absence::none},
                                               {"not_enabled", Absence::not_enabled},
                                               {"not_supported", Absence::not_supported},
                                               {"not_discovered", Absence::not_discovered},
                                               {"empty_answer", Absence::empty_answer},
                                               {"no_inbox", Absence::no_inbox},
                                               {"denied", Absence::denied},
                                               {"denied_by_policy", Absence::denied_by_policy}};
    const auto found = known.find(name);
    if (found == known.end())
        throw std::invalid_argument("no such absence: " + name);
    return found->second;
}

std::string create_mailbox(Script& s, ScriptArguments& a)
{
    MailboxSpec spec;
    spec.upn = a.text("upn");
    spec.display_name = a.text_or("display_name", "");
    spec.id = a.text_or("id", "");
    spec.language = a.text_or("language", "en-US");
    spec.aliases = a.texts("aliases");
    spec.absence = absence_of(a.text_or("absence", "none"));
    a.done();
    return fmt::format(R"({{"id":"{}"}})", s.create_mailbox(std::move(spec)).id());
}

Fault read_fault(ScriptArguments& a)
{
    Fault fault;
    const std::string kind = a.text_or("kind", "fail");
    const std::map<std::string, Fault::Kind> kinds{{"fail", Fault::Kind::fail},
                                                   {"cut", Fault::Kind::cut},
                                                   {"drop", Fault::Kind::drop},
                                                   {"hold", Fault::Kind::hold},
                                                   {"delay", Fault::Kind::delay}};
    if (!kinds.contains(kind))
        throw std::invalid_argument("no such kind of fault: " + kind);
    fault.kind = kinds.at(kind);
    fault.method = a.text_or("method", "");
    fault.path = a.text_or("path", "");
    fault.mailbox = a.text_or("mailbox", "");
    fault.after = static_cast<int>(a.number_or("after", 0));
    fault.count = static_cast<int>(a.number_or("count", 1));
    fault.status = static_cast<int>(a.number_or("status", fault.status));
    fault.code = a.text_or("code", fault.code);
    fault.message = a.text_or("message", fault.message);
    if (a.has("retry_after"))
        fault.retry_after = a.text("retry_after");
    fault.raw_body = a.text_or("raw_body", "");
    fault.empty_body = a.flag_or("empty_body", false);
    fault.bytes = static_cast<std::size_t>(a.number_or("bytes", 0));
    fault.milliseconds = a.number_or("milliseconds", 0);
    return fault;
}

std::string fail(Script& s, ScriptArguments& a)
{
    Fault fault = read_fault(a);
    if (!fault.mailbox.empty())
        fault.mailbox = s.mailbox(fault.mailbox).id();
    a.done();
    s.fail(std::move(fault));
    return ok();
}

std::string seed(Script& s, ScriptArguments& a)
{
    Seed seed;
    seed.mailboxes = a.texts("mailboxes");
    seed.folder = a.text_or("folder", seed.folder);
    seed.count = static_cast<std::size_t>(a.number_or("count", 0));
    seed.body_size = static_cast<std::size_t>(a.number_or("body_size", 4096));
    seed.recipients = static_cast<std::size_t>(a.number_or("recipients", 2));
    seed.tagged = a.fraction_or("tagged", 0);
    seed.category = a.text_or("category", seed.category);
    seed.copies = static_cast<std::size_t>(a.number_or("copies", 1));
    seed.domain = a.text_or("domain", seed.domain);
    seed.apart = std::chrono::seconds(a.number_or("apart_seconds", seed.apart.count()));
    a.done();
    s.seed(seed);
    return ok();
}

std::string application(Script& s, ScriptArguments& a)
{
    Application& app = s.graph().tokens.application();
    app.tenant = a.text_or("tenant", app.tenant);
    app.client_id = a.text_or("client_id", app.client_id);
    app.secret = a.text_or("secret", app.secret);
    app.expired_secret = a.text_or("expired_secret", app.expired_secret);
    if (a.has("certificates"))
        app.certificates = a.texts("certificates");
    if (a.has("roles")) {
        app.roles = 0;
        for (const std::string& name : a.texts("roles")) {
            const auto role = role_of(name);
            if (!role)
                throw std::invalid_argument("no such role: " + name);
            app.roles |= *role;
        }
    }
    app.token_seconds = a.number_or("token_seconds", app.token_seconds);
    app.fail_next = static_cast<int>(a.number_or("fail_next", app.fail_next));
    app.fail_number = static_cast<int>(a.number_or("fail_number", app.fail_number));
    if (a.flag_or("forget_tokens", false))
        s.graph().tokens.forget_tokens();
    a.done();
    return ok();
}

/// Operations on one item of one mailbox begin alike.
template <auto run>
std::string on_item(Script& s, ScriptArguments& a)
{
    const std::string mailbox = a.text("mailbox");
    const std::string id = a.text("id");
    return run(s, a, mailbox, id);
}

const std::map<std::string, Operation, std::less<>>& operations()
{
    using Text = const std::string&;
    static const std::map<std::string, Operation, std::less<>> table{
        {"create_mailbox", create_mailbox},
        {"set_absence",
         [](Script& s, ScriptArguments& a) {
             s.mailbox(a.text("mailbox")).set_absence(absence_of(a.text("absence")));
             return ok();
         }},
        {"rename_user",
         [](Script& s, ScriptArguments& a) {
             sim::Mailbox& mailbox = s.mailbox(a.text("mailbox"));
             s.world().rename_user(mailbox, a.text("upn"));
             return ok();
         }},
        {"deliver", [](Script& s, ScriptArguments& a) { return items_json(s.deliver(a.mail())); }},
        {"put",
         [](Script& s, ScriptArguments& a) {
             const std::string mailbox = a.text("mailbox");
             const std::string folder = a.text("folder");
             return one(s.put(mailbox, folder, a.mail()));
         }},
        {"draft",
         [](Script& s, ScriptArguments& a) {
             const std::string mailbox = a.text("mailbox");
             return one(s.draft(mailbox, a.mail()));
         }},
        {"send", on_item<[](Script& s, ScriptArguments&, Text box, Text id) {
             return items_json(s.send(box, id));
         }>},
        {"answer", on_item<[](Script& s, ScriptArguments& a, Text box, Text id) {
             return items_json(s.answer(box, id, a.mail()));
         }>},
        {"forward", on_item<[](Script& s, ScriptArguments& a, Text box, Text id) {
             Mail mail = a.mail();
             std::vector<Address> to = mail.to;
             return items_json(s.forward(box, id, std::move(to), std::move(mail)));
         }>},
        {"set_categories", on_item<[](Script& s, ScriptArguments& a, Text box, Text id) {
             s.set_categories(box, id, a.texts("categories"));
             return ok();
         }>},
        {"tag", on_item<[](Script& s, ScriptArguments& a, Text box, Text id) {
             s.tag(box, id, a.text("category"));
             return ok();
         }>},
        {"untag", on_item<[](Script& s, ScriptArguments& a, Text box, Text id) {
             s.untag(box, id, a.text("category"));
             return ok();
         }>},
        {"mark_read", on_item<[](Script& s, ScriptArguments& a, Text box, Text id) {
             s.mark_read(box, id, a.flag_or("is_read", true));
             return ok();
         }>},
        {"move", on_item<[](Script& s, ScriptArguments& a, Text box, Text id) {
             s.move(box, id, a.text("folder"));
             return ok();
         }>},
        {"move_all",
         [](Script& s, ScriptArguments& a) {
             const std::string mailbox = a.text("mailbox");
             const std::string from = a.text("from");
             s.move_all(mailbox, from, a.text("to"));
             return ok();
         }},
        {"copy", on_item<[](Script& s, ScriptArguments& a, Text box, Text id) {
             return one(s.copy(box, id, a.text("folder")));
         }>},
        {"delete", on_item<[](Script& s, ScriptArguments& a, Text box, Text id) {
             s.remove(box, id, a.flag_or("permanent", false));
             return ok();
         }>},
        {"create_folder",
         [](Script& s, ScriptArguments& a) {
             const std::string mailbox = a.text("mailbox");
             const std::string parent = a.text_or("parent", "");
             return fmt::format(R"({{"id":"{}"}})",
                                s.create_folder(mailbox, parent, a.text("name")).id);
         }},
        {"rename_folder",
         [](Script& s, ScriptArguments& a) {
             const std::string mailbox = a.text("mailbox");
             const std::string folder = a.text("folder");
             s.rename_folder(mailbox, folder, a.text("name"));
             return ok();
         }},
        {"move_folder",
         [](Script& s, ScriptArguments& a) {
             const std::string mailbox = a.text("mailbox");
             const std::string folder = a.text("folder");
             s.move_folder(mailbox, folder, a.text("parent"));
             return ok();
         }},
        {"delete_folder",
         [](Script& s, ScriptArguments& a) {
             const std::string mailbox = a.text("mailbox");
             s.delete_folder(mailbox, a.text("folder"));
             return ok();
         }},
        {"expire_cursors",
         [](Script& s, ScriptArguments& a) {
             const std::string mailbox = a.text("mailbox");
             s.expire_cursors(mailbox, a.text_or("folder", ""));
             return ok();
         }},
        {"throttle",
         [](Script& s, ScriptArguments& a) {
             std::optional<std::string> retry_after;
             if (a.has("retry_after"))
                 retry_after = a.text("retry_after");
             s.throttle_next(static_cast<int>(a.number_or("count", 1)), retry_after,
                             a.text_or("path", ""));
             return ok();
         }},
        {"fail", fail},
        {"clear_faults",
         [](Script& s, ScriptArguments&) {
             s.graph().faults.clear();
             return ok();
         }},
        {"release",
         [](Script& s, ScriptArguments&) {
             s.release();
             return ok();
         }},
        {"held",
         [](Script& s, ScriptArguments&) { return fmt::format(R"({{"held":{}}})", s.held()); }},
        {"seed", seed},
        {"application", application},
        {"dump", [](Script& s, ScriptArguments& a) { return s.dump(a.text("mailbox")); }},
        {"record", [](Script& s, ScriptArguments&) { return record_json(s.graph().record); }},
        {"clear_record",
         [](Script& s, ScriptArguments&) {
             s.graph().record.clear();
             return ok();
         }},
        {"recording",
         [](Script& s, ScriptArguments& a) {
             s.graph().recording = a.flag_or("on", true);
             return ok();
         }},
    };
    return table;
}

std::string carry_out(Script& script, std::string_view name, const json::object& object)
{
    if (name == "switches") {
        for (const auto& [key, value] : object)
            set_switch(script.graph(), key, value);
        return ok();
    }
    const auto found = operations().find(name);
    if (found == operations().end())
        throw std::invalid_argument(fmt::format("no operation '{}'", name));
    ScriptArguments arguments(object);
    std::string answer = found->second(script, arguments);
    arguments.done();
    return answer;
}

} // namespace

Answer ScriptHttp::answer(const Request& request)
{
    Answer answer;
    try {
        json::value value = json::object{};
        if (!request.body.empty())
            value = json::parse(request.body);
        else if (!request.query.empty())
            for (const QueryOption& option : query_options(request.query))
                value.get_object()[option.name] = option.value;
        if (!value.is_object())
            throw std::invalid_argument("the body must be a JSON object");
        const std::string name = request.path.size() > 1 ? request.path[1] : std::string{};
        answer.body = carry_out(script_, name, value.get_object());
    } catch (const Failure& failure) {
        answer = {400, {}, failure.message(), Answer::Kind::text};
    } catch (const std::exception& error) {
        answer = {400, {}, error.what(), Answer::Kind::text};
    }
    return answer;
}

void ScriptHttp::run(std::string_view json_list)
{
    const json::value value = json::parse(json_list);
    if (!value.is_array())
        throw std::invalid_argument("a seed file holds a list of operations");
    for (const json::value& step : value.get_array()) {
        if (!step.is_object() || !step.get_object().contains("do"))
            throw std::invalid_argument("each step of a seed file needs its \"do\"");
        json::object object = step.get_object();
        const std::string name{object["do"].as_string()};
        object.erase("do");
        carry_out(script_, name, object);
    }
}

} // namespace crmsync::sim
