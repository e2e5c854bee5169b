#pragma once

#include "e2e/in_process/letters.hpp"
#include "e2e/in_process/stage.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::test {

/// A small day in two mailboxes with a little of everything: tags by hand and by rule, a label, a
/// reply, a copy in both mailboxes, an untrack and a tag again, a move, a deletion, lost cursors, a
/// conflict, an attachment too many and a large one, a body that cannot be read at first, one that
/// never can, more mail at once than a page holds, an owner who lets go, a purge, a deleted folder,
/// a provider that wants patience and one that falls silent in the middle of an answer.
///
/// Each action waits for the facts it builds on, so that the day ends in the same state however the
/// daemons fare in between.
class Day {
public:
    struct Action {
        std::string_view name;
        std::function<bool()> may_begin;
        std::function<void()> act;
    };

    /// Puts records, mailboxes and old mail on the stage.
    explicit Day(Stage& stage);

    const std::vector<Action>& actions() const { return actions_; }
    /// Nothing is owed, staged or waiting any more.
    bool over();
    /// After an action: tells the daemons of both mailboxes, as a notification would.
    void wake();

private:
    void first_mail();
    void plan_actions();
    void plan_more_actions();
    void add(std::string_view name, std::function<bool()> may_begin, std::function<void()> act);
    bool says(const std::string& item, std::string_view category);
    bool holds(const std::string& query);
    sim::ItemRef& of(const std::string& item) { return items_.at(item); }
    void tag(const std::string& item, std::string_view category);
    void untag(const std::string& item, std::string_view category);

    Stage& stage_;
    MailboxId kim_, lee_;
    Timestamp sent_;
    std::map<std::string, sim::ItemRef> items_;
    std::vector<Action> actions_;
};

} // namespace crmsync::test
