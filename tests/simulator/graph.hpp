#pragma once

#include "simulator/faults.hpp"
#include "simulator/graph_error.hpp"
#include "simulator/message_json.hpp"
#include "simulator/newest_first.hpp"
#include "simulator/operations.hpp"
#include "simulator/record.hpp"
#include "simulator/switches.hpp"
#include "simulator/throttle.hpp"
#include "simulator/token.hpp"
#include "simulator/world.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace crmsync::sim {

/// One request on its way through the Graph face.
struct Call {
    Request& request;
    Preferences preferences;
    Mailbox* mailbox = nullptr;
    const Operation* operation = nullptr; ///< nothing: there is none
    std::uint32_t roles = 0;
    RecordEntry entry;
    std::optional<boost::json::value> parsed;

    std::string_view word(std::size_t at) const
    {
        return at < request.path.size() ? std::string_view(request.path[at]) : std::string_view{};
    }
    bool is(std::string_view method) const { return request.method == method; }
    /// The body as a JSON object; refuses what is none.
    const boost::json::object& body();
};

/// The parts of a batch, read before any of them runs.
struct BatchPlan {
    boost::json::value document;
    struct Part {
        Request request;
        std::vector<std::string> depends_on;
        Mailbox* mailbox = nullptr;
        bool refused = false; ///< by the limit of requests at once
    };
    std::vector<Part> parts;
    std::optional<GraphError> error;
};

/// What a request takes of the limits while it runs.
struct Admission {
    std::vector<std::pair<std::string, std::size_t>> places; ///< mailbox, how many
    std::optional<GraphError> refusal;
    std::optional<BatchPlan> batch;
};

/// The face of the world that speaks Microsoft Graph v1.0: mail of app-only clients.
/// Start reading at `answer`.
class Graph {
public:
    explicit Graph(World& world);

    Switches switches;
    Faults faults;
    Throttle throttle;
    Record record;
    TokenIssuer tokens;
    bool recording = true;

    World& world() { return world_; }

    /// The mailbox a request is about, if it exists.
    Mailbox* mailbox_of(const Request& request);
    /// Takes the request's places, or says that there are none left. A batch is read here.
    Admission admit(Request& request);
    void release(const Admission& admission);

    /// Answers a request that was admitted; `fault` is what was taken for it, if anything.
    Answer answer(Request& request, Admission& admission, const std::optional<Fault>& fault);
    void note_token_request();
    /// Remembers a request whose connection ended before it was looked at.
    void note_dropped(Request& request);
    /// Names as an item keeps them (G-163).
    std::vector<std::string> spelling(Mailbox& mailbox, std::vector<std::string> names) const;
    /// Shows in delta nothing that happens from now on, until switched off.
    void hold_changes(bool on);
    /// The same of one folder alone, named by its id.
    void hold_folder(const std::string& folder, std::uint64_t change)
    {
        held_folders_[folder] = change;
    }
    void show_folder(const std::string& folder) { held_folders_.erase(folder); }

private:
    using Query = std::shared_ptr<const MessageQuery>;

    Answer answer_one(Request& request, const std::optional<Fault>& fault, std::uint64_t batch,
                      bool refused);
    Answer answer_batch(Request& request, BatchPlan& plan, const std::optional<Fault>& fault);
    void authorise(Call& call);
    void meet_fault(Call& call, const std::optional<Fault>& given);
    Answer failed(Call& call, const GraphError& error);
    void note_asked(Call& call);
    void note_unanswered(Request& request, std::uint64_t batch, int status);
    void finish_entry(Call& call, int status);
    /// Refuses what the token does not allow: before anything is looked for.
    void permit(Call& call);
    std::string next_request_id();

    Answer route(Call& call);
    Answer route_user(Call& call);
    Answer route_folders(Call& call, std::size_t at);
    Answer route_messages(Call& call, std::size_t at, Folder* folder);
    Answer route_message(Call& call, std::size_t at);

    Answer list_users(Call& call);
    Answer get_user(Call& call);
    Answer mailbox_settings(Call& call);

    Folder& folder_named(Call& call, std::string_view name);
    Answer list_folders(Call& call, const Folder& parent);
    Answer create_folder(Call& call, Folder& parent);
    Answer change_folder(Call& call, Folder& folder);
    Answer folder_delta(Call& call);

    Query message_query(Call& call);
    std::uint64_t shown(const Call& call, const MessageQuery& query) const;
    Item& item_named(Call& call, std::string_view id);
    MessageView view_of(Call& call, const MessageQuery& query) const;
    std::string message_context(const Call& call, const MessageQuery& query) const;
    Answer list_messages(Call& call, const Folder* folder);
    Answer get_message(Call& call, Item& item);
    Answer show_message(Call& call, const Item& item, int status);
    Answer message_delta(Call& call, Folder& folder);
    /// The change up to which a folder's delta tells what happened.
    std::uint64_t shown_until(const Mailbox& mailbox, const Folder& folder) const;
    /// The query of a delta: with a cursor, that of the round's first request.
    Query delta_query(Call& call);
    Cursor first_cursor(Call& call, Folder& folder);
    Cursor next_cursor(Call& call, Folder& folder, const MessageQuery& given);

    Answer patch_message(Call& call, Item& item);
    Answer delete_message(Call& call, Item& item);
    Answer move_message(Call& call, Item& item);
    Answer create_draft(Call& call, Folder& folder);
    Answer create_answer(Call& call, Item& item, std::string_view kind);
    Answer send_draft(Call& call, Item& item);
    Answer send_mail(Call& call);
    void send(Mailbox& mailbox, Item& draft, bool save);
    Answer translate_ids(Call& call);

    Answer route_attachments(Call& call, Item& item, std::size_t at);
    Answer add_attachment(Call& call, Item& item);

    Answer route_categories(Call& call, std::size_t at);

    World& world_;
    std::uint64_t request_ids_ = 0;
    std::unordered_map<std::string, Query> queries_;
    /// Queries that cursors name, by number and by text.
    std::vector<Query> cursor_queries_;
    std::unordered_map<std::string, std::size_t> cursor_query_numbers_;
    std::unordered_map<std::uint64_t, std::uint32_t> rounds_; ///< the latest page of each
    std::uint64_t last_round_ = 0;
    NewestFirst newest_first_;
    std::unordered_map<const Mailbox*, std::uint64_t> held_at_;
    std::unordered_map<std::string, std::uint64_t> held_folders_; ///< by id
    bool refuses_part();                                          ///< by the switch
    std::size_t parts_ = 0; ///< of batches so far, where it is on
    std::uint64_t shuffle_ = 0x2545f4914f6cdd1dULL;
};

/// The URL of the mailbox, as links of answers write it.
std::string user_url(const Call& call);
Answer json_answer(std::string body, int status = 200);
Answer no_content(int status = 204);

} // namespace crmsync::sim
