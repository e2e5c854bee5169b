#include "sync/present_names.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "match/categories.hpp"
#include "store/mailbox_names.hpp"
#include "store/mailboxes.hpp"
#include "sync/note_event.hpp"
#include "sync/unlinked_names.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// Items in one turn: live work comes first, and every one is a look and a write.
constexpr int at_once = 200;

constexpr std::chrono::hours language_kept{24};

struct Meaning {
    StateCategory state;
    const char* word; ///< of sync.own_category
};
constexpr std::array<Meaning, 7> meanings{{{StateCategory::track, "track"},
                                           {StateCategory::tracked, "tracked"},
                                           {StateCategory::review, "review"},
                                           {StateCategory::refused, "refused"},
                                           {StateCategory::failed, "failed"},
                                           {StateCategory::stop, "stop"},
                                           {StateCategory::none, "regarding_prefix"}}};

/// Names of ours in the list that the mailbox does not use any more.
std::vector<std::string> unused(const std::vector<std::string>& created,
                                const match::Policy& policy)
{
    std::vector<std::string> names;
    for (const std::string& name : created)
        if (policy.present_name(name) != name)
            names.push_back(name);
    return names;
}

asio::awaitable<void> take_out(const TurnContext& context, const std::vector<std::string>& created,
                               const std::vector<std::string>& names)
{
    co_await context.connector.remove_master_categories(names);
    std::vector<std::string> left = created;
    std::erase_if(left, [&](const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    });
    store::MailboxNames store(context.pool);
    co_await store.set_created(context.fence, std::move(left));
}

/// The list is a convenience: where a name cannot be taken out, that is said and no more.
asio::awaitable<void> tidy_list(const TurnContext& context, const std::vector<std::string>& created,
                                const std::vector<std::string>& names)
{
    std::optional<Failure> failure;
    try {
        co_await take_out(context, created, names);
    } catch (const Failure& f) {
        if (f.reaction() != Reaction::set_aside && f.reaction() != Reaction::retry)
            throw;
        failure = f;
    }
    if (!failure)
        co_return;
    boost::json::object detail;
    detail["failure"] = failure->name();
    detail["message"] = failure->message();
    co_await note_event(context.pool, context.mailbox.id, "warn", "old_categories_left",
                        std::move(detail));
}

} // namespace

asio::awaitable<bool> put_present_names(const TurnContext& context)
{
    store::MailboxNames store(context.pool);
    const store::NamesState state = co_await store.state(context.mailbox.id);
    const std::string names = context.rules->names;
    // What a first pass links has just been answered, by the present names.
    if (state.written.empty() && (!context.rules->others || context.first_pass)) {
        co_await store.set_written(context.fence, names);
        co_return false;
    }
    if (state.written != names) {
        const std::string after = state.under == names ? state.after : "";
        co_await store.owe(context.fence, after, at_once, names);
        co_return true;
    }
    if (state.renaming)
        co_return true;
    // A name that is in the list still is looked for: taken out, it is done with.
    const std::vector<std::string> old = unused(state.created, context.rules->policy);
    if (old.empty())
        co_return false;
    if (co_await owe_unlinked_names(context, old))
        co_return true;
    co_await tidy_list(context, state.created, old);
    co_return false;
}

asio::awaitable<void> remember_created(const TurnContext& context, std::vector<std::string> names)
{
    if (names.empty())
        co_return;
    store::MailboxNames store(context.pool);
    store::NamesState state = co_await store.state(context.mailbox.id);
    for (std::string& name : names)
        if (!match::contains_folded(state.created, name))
            state.created.push_back(std::move(name));
    co_await store.set_created(context.fence, std::move(state.created));
}

asio::awaitable<std::vector<match::OtherName>> names_ever_used(pg::Pool& pool)
{
    store::Mailboxes mailboxes(pool);
    const std::vector<store::OwnCategory> all = co_await mailboxes.own_categories();
    std::vector<match::OtherName> names;
    for (const store::OwnCategory& own : all)
        for (const Meaning& meaning : meanings)
            if (own.meaning == meaning.word)
                names.push_back(match::OtherName{own.name, meaning.state});
    co_return names;
}

asio::awaitable<std::vector<match::OtherName>> names_ever_used(pg::Pool& pool,
                                                               Settings::Tracking tracking)
{
    std::vector<store::OwnCategory> present;
    for (const match::OtherName& name : all_names(tracking)) {
        const bool again =
            std::any_of(present.begin(), present.end(),
                        [&](const store::OwnCategory& other) { return other.name == name.name; });
        for (const Meaning& meaning : meanings)
            if (meaning.state == name.state && !again)
                present.push_back(store::OwnCategory{name.name, meaning.word, false});
    }
    store::Mailboxes mailboxes(pool);
    co_await mailboxes.remember_own_categories(std::move(present));
    co_return co_await names_ever_used(pool);
}

asio::awaitable<std::string> language_of_mailbox(pg::Pool& pool, Fence fence, Connector& connector,
                                                 Timestamp now)
{
    store::MailboxNames store(pool);
    store::NamesState state = co_await store.state(fence.mailbox);
    if (state.language_at && now - *state.language_at < language_kept)
        co_return state.language;
    std::optional<std::string> said;
    try {
        said = co_await connector.language();
    } catch (const Failure& failure) {
        const bool passes =
            failure.reaction() == Reaction::retry || failure.reaction() == Reaction::wait;
        if (!passes || !state.language_at)
            throw;
    }
    // What it does not say now it has not changed.
    std::string language = said.value_or(state.language);
    if (said || !state.language_at)
        co_await store.set_language(fence, language);
    co_return language;
}

} // namespace crmsync::sync
