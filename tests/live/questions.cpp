#include "live/questions.hpp"

#include "live/desk.hpp"
#include "live/findings.hpp"

#include <exception>
#include <utility>

namespace crmsync::live {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

Finding ignores_if_match(Desk& desk)
{
    const std::string id = co_await desk.message();
    const Reply before = co_await desk.tenant().get("/messages/" + id + "?$select=id,changeKey");
    const net::Headers expected{{"If-Match", "W/\"" + before.text("changeKey") + '"'}};
    const std::vector<std::string> one(1, "first"), two(1, "second");
    const Reply first = co_await desk.write_categories(id, one, expected);
    const Reply stale = co_await desk.write_categories(id, two, expected);
    if (!first.done() || (!stale.done() && stale.status != 412))
        co_return std::nullopt;
    co_return stale.done();
}

Finding shows_whole_message(Desk& desk)
{
    const std::string id = co_await desk.message();
    const net::Headers minimal{{"Prefer", "return=minimal"}};
    const std::vector<std::string> seen(1, "seen");
    const Reply reply = co_await desk.write_categories(id, seen, minimal);
    if (!reply.done())
        co_return std::nullopt;
    co_return reply.body.is_object() && reply.body.get_object().contains("body");
}

Finding keeps_modified_time(Desk& desk)
{
    const std::string id = co_await desk.message();
    const std::string select = "/messages/" + id + "?$select=id,lastModifiedDateTime";
    const std::vector<std::string> tag(1, "tag");
    const Reply before = co_await desk.tenant().get(select);
    co_await desk.tenant().clock().sleep_for(std::chrono::seconds(2));
    const Reply write = co_await desk.write_categories(id, tag);
    const Reply after = co_await desk.tenant().get(select);
    if (!write.done() || before.text("lastModifiedDateTime").empty())
        co_return std::nullopt;
    co_return before.text("lastModifiedDateTime") == after.text("lastModifiedDateTime");
}

/// Whether the version a write was answered with is still that of the item a while later.
Finding changes_after_a_write(Desk& desk)
{
    const std::string id = co_await desk.message();
    const std::vector<std::string> tag(1, "tag");
    const Reply written = co_await desk.write_categories(id, tag);
    co_await desk.tenant().clock().sleep_for(std::chrono::seconds(20));
    const Reply after = co_await desk.tenant().get("/messages/" + id + "?$select=id,changeKey");
    if (!written.done() || written.text("changeKey").empty() || !after.done())
        co_return std::nullopt;
    co_return written.text("changeKey") != after.text("changeKey");
}

/// The row of a message in the round after a change of its categories.
asio::awaitable<std::optional<json::object>> later_row(Desk& desk)
{
    const std::string id = co_await desk.message();
    const std::string link = co_await desk.read_to_the_end();
    if (link.empty() || id.empty())
        co_return std::nullopt;
    const std::vector<std::string> later(1, "later");
    co_await desk.write_categories(id, later);
    co_return co_await desk.row_of(link, id);
}

Finding tells_only_what_changed(Desk& desk)
{
    const std::optional<json::object> row = co_await later_row(desk);
    if (!row)
        co_return std::nullopt;
    co_return !row->contains("subject");
}

Finding leaves_out_extended(Desk& desk)
{
    const std::optional<json::object> row = co_await later_row(desk);
    if (!row)
        co_return std::nullopt;
    co_return !row->contains("singleValueExtendedProperties");
}

Finding loses_categories_on_send(Desk& desk)
{
    const std::string id = co_await desk.message();
    const json::object address{{"address", desk.tenant().access().mailbox}};
    json::object mail;
    mail["categories"] = json::array(1, json::value("crmsync question"));
    mail["toRecipients"] = json::array(1, json::value(json::object{{"emailAddress", address}}));
    const Reply written = co_await desk.tenant().patch("/messages/" + id, mail);
    const Reply sent = co_await desk.tenant().post("/messages/" + id + "/send", nullptr);
    if (!written.done() || !sent.done())
        co_return std::nullopt;
    const std::optional<json::object> copy = co_await desk.sent_copy(id);
    if (!copy || !copy->contains("categories") || !copy->at("categories").is_array())
        co_return std::nullopt;
    co_return copy->at("categories").get_array().empty();
}

Finding deletes_into_deleted_items(Desk& desk)
{
    const std::string id = co_await desk.message();
    const Reply folder = co_await desk.tenant().get("/mailFolders/deleteditems?$select=id");
    const Reply gone = co_await desk.tenant().ask(net::Method::delete_, "/messages/" + id);
    const Reply after =
        co_await desk.tenant().get("/messages/" + id + "?$select=id,parentFolderId");
    if (!gone.done() || folder.text("id").empty())
        co_return std::nullopt;
    co_return after.text("parentFolderId") == folder.text("id");
}

/// Sensitivity is a property of MAPI alone.
Finding tells_sensitivity(Desk& desk)
{
    const std::string id = co_await desk.message(private_message);
    const Reply reply = co_await desk.tenant().get(
        "/messages/" + id +
        "?$select=id&$expand=singleValueExtendedProperties($filter=id%20eq%20'Integer%200x36')");
    if (!reply.done())
        co_return std::nullopt;
    co_return json::serialize(reply.body).find(R"("value":"2")") != std::string::npos;
}

struct Question {
    const char* name;
    const char* about;
    Finding (*ask)(Desk&);
    bool sends = false;
};

constexpr Question questions[] = {
    {"ignore_if_match", "a write with a stale If-Match goes through (G-133)", ignores_if_match},
    {"whole_message_on_patch", "a write is answered with the body although minimal was asked for",
     shows_whole_message},
    {"keep_modified_time", "a tag leaves lastModifiedDateTime alone (G-171)", keeps_modified_time},
    {"partial_delta_items", "later rounds tell only what changed (G-64)", tells_only_what_changed},
    {"no_extended_in_later_rounds", "later rounds leave extended properties out (G-324)",
     leaves_out_extended},
    {"touch_after_write", "an item has another version a while after a write (G-171)",
     changes_after_a_write},
    {"sensitivity_told", "a private message tells that it is, when asked (G-122)",
     tells_sensitivity},
    {"reverse_categories", "names come back in another order than they were written (G-170)",
     reorders_categories},
    {"master_spelling", "an item takes the spelling of the master list (G-163)",
     spells_as_the_list},
    {"bad_request_on_double", "a name that is in the list is refused by 400, not 409 (G-166)",
     refuses_double_as_bad},
    {"deleted_category", "a name that is deleted from the list goes from the items (G-161)",
     loses_deleted_category},
    {"refuse_category_filter", "messages are not listed by category (G-168)",
     refuses_category_filter},
    {"refuse_modified_filter", "messages are not listed by time of change (G-58)",
     refuses_modified_filter},
    {"refuse_delta_order", "a delta takes no order (G-91)", refuses_delta_order},
    {"no_folder_properties", "folders take no extended properties", refuses_folder_properties},
    {"unknown_category", "a category that is in no master list can be written (G-162)",
     takes_unknown_category},
    {"doubled_category", "a category that is written twice is kept once (G-170)",
     drops_doubled_category},
    {"delete_moves", "a deleted message is in Deleted Items afterwards (G-104)",
     deletes_into_deleted_items},
    {"lose_categories_on_send", "the sent copy has lost the draft's categories",
     loses_categories_on_send, true},
};

asio::awaitable<Answered> answer(Desk& desk, const Question& question)
{
    Answered answered;
    answered.name = question.name;
    answered.about = question.about;
    try {
        answered.yes = co_await question.ask(desk);
        answered.detail = answered.yes ? "" : "Graph answered something else";
    } catch (const std::exception& problem) {
        answered.detail = problem.what();
    }
    co_return answered;
}

} // namespace

asio::awaitable<std::vector<Answered>> ask_all(Tenant& tenant, bool sends)
{
    Desk desk(tenant);
    co_await desk.open();
    std::vector<Answered> all;
    for (const Question& question : questions)
        if (sends || !question.sends) {
            Answered one = co_await answer(desk, question);
            all.push_back(std::move(one));
        }
    co_await desk.clear();
    co_return all;
}

} // namespace crmsync::live
