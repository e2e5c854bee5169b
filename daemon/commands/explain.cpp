#include "match/explain.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"
#include "command.hpp"
#include "command_run.hpp"
#include "mailbox_lookup.hpp"
#include "print.hpp"
#include "providers.hpp"
#include "store/decisions.hpp"
#include "store/installation.hpp"
#include "store/mailbox_names.hpp"
#include "sync/explain_message.hpp"
#include "sync/present_names.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <iostream>

namespace crmsync {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

/// As it is stored: without brackets, the domain folded.
std::string bare_message_id(const std::string& text)
{
    std::string_view bare = trim(text);
    if (bare.starts_with('<') && bare.ends_with('>'))
        bare = bare.substr(1, bare.size() - 2);
    const auto at = bare.rfind('@');
    if (at == std::string_view::npos)
        return std::string(bare);
    return std::string(bare.substr(0, at + 1)) + fold(bare.substr(at + 1));
}

void print_stored(const std::vector<store::StoredDecision>& decisions)
{
    for (const store::StoredDecision& decision : decisions) {
        const auto at = std::chrono::floor<std::chrono::seconds>(decision.decided_at);
        std::string line =
            fmt::format("decided {}: {} [{}]", format_timestamp(at),
                        match::explain_stored(decision.outcome, decision.rule, decision.failure),
                        decision.rule);
        if (decision.activity)
            line += ", activity " + to_string(decision.activity->value);
        if (decision.pinned)
            line += ", pinned: a person untracked it";
        print_line(std::cout, line);
    }
}

json::object as_json(const store::StoredDecision& decision)
{
    json::object object;
    object["decided_at"] = format_timestamp(decision.decided_at);
    object["outcome"] = decision.outcome;
    object["rule"] = decision.rule;
    object["sentence"] = match::explain_stored(decision.outcome, decision.rule, decision.failure);
    object["evidence"] = json::parse(decision.evidence_json);
    object["item_id"] = decision.item_id ? json::value(*decision.item_id) : json::value(nullptr);
    object["activity_id"] =
        decision.activity ? json::value(to_string(decision.activity->value)) : json::value(nullptr);
    object["pinned"] = decision.pinned;
    return object;
}

asio::awaitable<int> explain(CommandRun& command, pg::Pool& pool, MailboxArgument named,
                             std::string message_id, bool as_json_text)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    const std::string id = bare_message_id(message_id);
    store::Installation installation(pool);
    const PrivateHash hash(co_await installation.secret());
    store::Decisions decisions(pool);
    const std::vector<store::StoredDecision> stored =
        co_await decisions.of_message(mailbox.id, hash.message(id));

    Providers providers(command.io().get_executor(), command.clock(), command.metrics(),
                        command.settings());
    std::vector<sync::ExplainedCopy> copies;
    std::string unreachable;
    try {
        const std::unique_ptr<Connector> connector = providers.open(mailbox);
        store::MailboxNames names(pool);
        const store::NamesState called = co_await names.state(mailbox.id);
        const auto ever_used = co_await sync::names_ever_used(pool);
        const auto rules =
            sync::in_language(sync::make_snapshot(command.settings(), ever_used), called.language);
        const sync::TurnContext context{mailbox,
                                        Fence{mailbox.id, {}, {}},
                                        *connector,
                                        pool,
                                        command.clock(),
                                        command.metrics(),
                                        hash,
                                        rules,
                                        !mailbox.last_pass_at,
                                        false,
                                        {},
                                        {}};
        copies = co_await sync::explain_message(context, std::move(message_id));
    } catch (const Failure& failure) {
        unreachable = failure.message();
    }

    if (as_json_text) {
        json::object object;
        json::array stored_array;
        for (const store::StoredDecision& decision : stored)
            stored_array.emplace_back(as_json(decision));
        object["stored"] = std::move(stored_array);
        json::array now;
        for (const sync::ExplainedCopy& copy : copies) {
            json::object one;
            one["item_id"] = copy.item_id;
            one["outcome"] = to_string(copy.decision.outcome);
            one["rule"] = to_string(copy.decision.rule);
            json::array sentences;
            for (const std::string& sentence : copy.sentences)
                sentences.emplace_back(sentence);
            one["sentences"] = std::move(sentences);
            now.emplace_back(std::move(one));
        }
        object["now"] = std::move(now);
        if (!unreachable.empty())
            object["unreachable"] = unreachable;
        print_json(std::cout, object);
    } else {
        print_stored(stored);
        for (const sync::ExplainedCopy& copy : copies) {
            print_line(std::cout, "as it is now, by the rules of now:");
            for (const std::string& sentence : copy.sentences)
                print_line(std::cout, "  " + sentence);
        }
        if (!unreachable.empty())
            print_line(std::cout, "the mailbox could not be asked: " + unreachable);
    }
    if (stored.empty() && copies.empty())
        throw Failure(Reaction::stop, "message.unknown",
                      "no message <" + id + "> in " + mailbox.address.text +
                          ", and no decision about one");
    co_return 0;
}

} // namespace

void add_explain_command(CLI::App& app, Invocation& invocation)
{
    CLI::App* command = app.add_subcommand("explain", "Why an item was or was not tracked");
    auto named = std::make_shared<MailboxArgument>();
    auto message_id = std::make_shared<std::string>();
    command->add_option("ADDRESS", named->address, "Of the mailbox")->type_name("")->required();
    command
        ->add_option("MESSAGE-ID", *message_id,
                     "Of the message as its headers write it, with or without brackets")
        ->type_name("")
        ->required();
    add_provider_option(*command, named->provider);
    command->add_flag("--json", invocation.json, "Print JSON");
    command->footer("Example: crmsync explain ann@contoso.example '<4711@mail.example>'");
    command->callback([&invocation, named, message_id] {
        invocation.action = [&invocation, named, message_id] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(explain(run, pool, *named, *message_id, invocation.json));
        };
    });
}

} // namespace crmsync
