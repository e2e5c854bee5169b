#include "base/failure.hpp"
#include "base/text.hpp"
#include "commands/mailbox/add_on_mailbox.hpp"
#include "commands/mailbox/mailbox_subcommands.hpp"
#include "match/effective.hpp"
#include "print.hpp"
#include "store/mailboxes.hpp"
#include "store/records.hpp"

#include <algorithm>
#include <iostream>

namespace crmsync {

namespace asio = boost::asio;

namespace {

struct AddArguments {
    std::string address;
    std::string provider;
    std::optional<std::string> owner;
    std::optional<std::string> mode;
    std::string kind = "user";
    std::optional<std::string> team;
};

/// What fits together, before anything is looked up.
void check_kind(const AddArguments& arguments)
{
    if (arguments.kind != "user" && arguments.kind != "shared")
        throw UsageError("--kind \"" + arguments.kind + "\" is none of user, shared");
    const bool shared = arguments.kind == "shared";
    if (shared && !arguments.team)
        throw UsageError("a shared mailbox needs its --team: what it tracks belongs to that team");
    if (shared && arguments.owner)
        throw UsageError("a shared mailbox belongs to its --team; leave --owner out");
    if (!shared && arguments.team)
        throw UsageError("--team is for shared mailboxes; add --kind shared, or name an --owner");
}

asio::awaitable<RecordId> team_of(pg::Pool& pool, std::string named)
{
    store::Records records(pool);
    const std::vector<store::FoundTeam> teams = co_await records.find_teams(named);
    if (teams.empty())
        throw Failure(Reaction::stop, "record.unknown",
                      "no team \"" + named +
                          "\"; crmsync record import --type team brings teams in");
    if (teams.size() > 1) {
        std::vector<std::string> ids;
        for (const store::FoundTeam& team : teams)
            ids.push_back(team.external_id);
        throw Failure(Reaction::stop, "record.ambiguous",
                      "several teams are called \"" + named +
                          "\"; name one by its external id: " + join(ids, " or "));
    }
    co_return teams.front().id;
}

asio::awaitable<int> add(CommandRun& command, pg::Pool& pool, AddArguments arguments)
{
    const Settings& settings = command.settings();
    const bool known =
        std::any_of(settings.providers.begin(), settings.providers.end(),
                    [&](const Settings::Provider& p) { return p.name == arguments.provider; });
    if (!known)
        throw UsageError("no [[provider]] \"" + arguments.provider + "\" in the configuration");

    check_kind(arguments);

    store::NewMailbox mailbox;
    mailbox.kind = arguments.kind;
    mailbox.address = address_argument(arguments.address);
    mailbox.provider = arguments.provider;
    if (arguments.mode) {
        mailbox.mode = parse_mode(*arguments.mode);
        if (!mailbox.mode)
            throw UsageError("--mode \"" + *arguments.mode +
                             "\" is none of manual, replies, contacts, records, all");
        if (match::effective_mode(mailbox.mode, settings) != *mailbox.mode)
            throw UsageError("--mode " + *arguments.mode + " is above tracking.ceiling_mode \"" +
                             settings.tracking.ceiling_mode + "\"");
    }

    store::Mailboxes mailboxes(pool);
    const std::string address = mailbox.address.text;
    bool added = false;
    std::string said;
    if (arguments.team) {
        mailbox.owner = co_await team_of(pool, *arguments.team);
        added = (co_await mailboxes.add(std::move(mailbox))).has_value();
    } else if (arguments.owner) {
        store::Records records(pool);
        mailbox.owner = co_await records.find_owner(*arguments.owner);
        if (!mailbox.owner)
            throw Failure(Reaction::stop, "record.unknown",
                          "no user or team \"" + *arguments.owner +
                              "\"; crmsync record import --type user brings users in");
        added = (co_await mailboxes.add(std::move(mailbox))).has_value();
    } else {
        const auto with_user = co_await mailboxes.add_with_user(std::move(mailbox));
        added = with_user.has_value();
        if (added && with_user->made_owner)
            said = "; made the user " + address + " as its owner";
    }
    if (!added)
        throw Failure(Reaction::stop, "mailbox.exists",
                      "the mailbox " + address + " is there already");
    print_line(std::cout, "added " + address + said + "; next: crmsync mailbox enable " + address);
    co_return 0;
}

} // namespace

void add_mailbox_add(CLI::App& mailbox, Invocation& invocation)
{
    auto arguments = std::make_shared<AddArguments>();
    CLI::App* adding =
        mailbox.add_subcommand("add", "Add a mailbox; it is not followed before it is enabled");
    adding->add_option("ADDRESS", arguments->address, "Of the mailbox")->type_name("")->required();
    adding->add_option("--provider", arguments->provider, "Name of a [[provider]]")
        ->type_name("NAME")
        ->required();
    adding
        ->add_option("--owner", arguments->owner,
                     "User or team that owns what the mailbox tracks: address or external id")
        ->type_name("USER");
    adding
        ->add_option("--mode", arguments->mode,
                     "What is tracked without a tag: manual, replies, contacts, records or all; "
                     "without it tracking.default_mode")
        ->type_name("MODE");
    adding
        ->add_option("--kind", arguments->kind,
                     "user, or shared: a mailbox of a team, in which untracking only unlinks")
        ->type_name("KIND");
    adding
        ->add_option("--team", arguments->team,
                     "Team that owns what a shared mailbox tracks: external id, name or address")
        ->type_name("TEAM");
    adding->footer(
        "Without --owner it is the user with the mailbox's address; one is made if there is none.\n"
        "Example: crmsync mailbox add ann@contoso.example --provider contoso --mode replies");
    adding->callback([&invocation, arguments] {
        invocation.action = [&invocation, arguments] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(add(run, pool, *arguments));
        };
    });
}

} // namespace crmsync
