#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_message.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::graph;

namespace {

const MailboxId mailbox(7);

Item read(std::string_view json, Completeness completeness = Completeness::partial)
{
    const DocumentPtr document = parse_document(json);
    std::optional<Item> item = read_message(document->root(), mailbox, completeness);
    REQUIRE(item);
    return std::move(*item);
}

Timestamp at(std::string_view text) { return *parse_timestamp(text); }

std::string extended(std::string_view id, std::string_view value)
{
    return fmt::format(R"("singleValueExtendedProperties": [{{"id": "{}", "value": {}}}])", id,
                       value);
}

constexpr std::string_view whole = R"({
  "@odata.type": "#microsoft.graph.message",
  "@odata.etag": "W/\"CQAAABYAAAC4\"",
  "id": "AAkALgABC=",
  "createdDateTime": "2026-03-02T09:14:00Z",
  "lastModifiedDateTime": "2026-03-02T09:16:30.1234567Z",
  "changeKey": "CQAAABYAAAC4",
  "categories": ["CRM Track", "Red category"],
  "receivedDateTime": "2026-03-02T09:15:08Z",
  "sentDateTime": "2026-03-02T09:15:06Z",
  "hasAttachments": true,
  "internetMessageId": "<Ab.12@Mail.Adventure.Example>",
  "subject": "Offer for 20 bikes",
  "parentFolderId": "AAMkInbox",
  "conversationId": "AAQkConversation",
  "conversationIndex": "AQHTAbcSwb41",
  "isDraft": false,
  "sender": {"emailAddress": {"name": "Ann", "address": "ann@adventure.example"}},
  "from": {"emailAddress": {"name": "Ann", "address": "ann@adventure.example"}},
  "replyTo": [],
  "toRecipients": [{"emailAddress": {"name": "Kim", "address": "kim@contoso.example"}},
                   {"emailAddress": {"name": "Bo", "address": "bo@contoso.example"}}],
  "ccRecipients": [{"emailAddress": {"name": "Fay", "address": "fay@fabrikam.example"}}],
  "bccRecipients": [],
  "singleValueExtendedProperties": [
    {"id": "String 0x1042", "value": "<parent@Contoso.Example>"},
    {"id": "String 0x1039", "value": "<root@contoso.example>\r\n <parent@contoso.example>"},
    {"id": "Integer 0x36", "value": "2"},
    {"id": "String 0x1A", "value": "IPM.Note"},
    {"id": "Integer 0xE08", "value": "48213"}
  ]
})";

} // namespace

TEST_CASE("a whole message says everything phase 1 asks for")
{
    const Item item = read(whole);

    CHECK(item.unreadable.empty());
    CHECK(item.key == ItemKey{mailbox, "AAkALgABC="});
    CHECK(*item.version == Version("CQAAABYAAAC4"));
    CHECK(*item.folder == FolderId("AAMkInbox"));
    CHECK(*item.categories == std::vector<std::string>{"CRM Track", "Red category"});
    CHECK(*item.subject == "Offer for 20 bikes");
    CHECK(*item.created_at == at("2026-03-02T09:14:00Z"));
    CHECK(*item.modified_at == at("2026-03-02T09:16:30.123456Z"));
    CHECK(*item.sensitivity == Sensitivity::private_);

    const SaidParticipants& people = item.participants;
    CHECK(*people.from == Participants{{Role::from, "ann@adventure.example", "Ann"}});
    CHECK(*people.sender == Participants{{Role::sender, "ann@adventure.example", "Ann"}});
    REQUIRE(people.to->size() == 2);
    CHECK(people.to->back() == Participant{Role::to, "bo@contoso.example", "Bo"});
    CHECK(people.cc->front().address == "fay@fabrikam.example");
    CHECK(people.bcc.has_value());
    CHECK(people.bcc->empty());
    CHECK(people.reply_to->empty());

    CHECK(*item.thread.message_id == "Ab.12@mail.adventure.example");
    CHECK(*item.thread.in_reply_to == "parent@contoso.example");
    CHECK(*item.thread.references ==
          std::vector<std::string>{"root@contoso.example", "parent@contoso.example"});
    CHECK(*item.thread.conversation_id == "AAQkConversation");
    CHECK(*item.thread.conversation_index == "AQHTAbcSwb41");

    CHECK(*item.message().draft == false);
    CHECK(*item.message().has_attachments == true);
    CHECK(*item.message().message_class == "IPM.Note");
    CHECK(*item.message().size == 48213);
    CHECK(*item.message().sent_at == at("2026-03-02T09:15:06Z"));
    CHECK(*item.message().received_at == at("2026-03-02T09:15:08Z"));
    CHECK_FALSE(item.message().automatic.said());
    CHECK(item.complete());
}

TEST_CASE("an absent property is not said and a null one is empty")
{
    const Item item = read(R"({"id": "A", "subject": null, "from": null, "ccRecipients": null,
                               "categories": null, "sentDateTime": null})");

    CHECK(item.unreadable.empty());
    CHECK(item.subject.said());
    CHECK_FALSE(item.subject.has_value());
    CHECK(item.participants.from.said());
    CHECK_FALSE(item.participants.from.has_value());
    CHECK(item.participants.cc.said());
    CHECK(item.categories.said());
    CHECK(item.message().sent_at.said());

    CHECK_FALSE(item.participants.to.said());
    CHECK_FALSE(item.version.said());
    CHECK_FALSE(item.folder.said());
    CHECK_FALSE(item.thread.in_reply_to.said());
    CHECK_FALSE(item.message().received_at.said());
}

TEST_CASE("extended properties are known whatever way their ids are echoed")
{
    const Item item = read(R"({"id": "A", "singleValueExtendedProperties": [
        {"id": "string 0X1042", "value": "<p@x.example>"},
        {"id": "Integer 0x0036", "value": 3},
        {"id": "String 0x001a", "value": "IPM.Schedule.Meeting.Request"},
        {"id": "INTEGER 0x0e08", "value": "12"},
        {"id": "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color", "value": "Green"},
        {"id": "String 0x1039001F", "value": "<r@x.example>"},
        {"id": "Integer {66f5a359-4659-4830-9070-00047ec6ac6e} Id 0x36", "value": "0"},
        {"value": "no id"}, 17, null]})");

    CHECK(item.unreadable.empty());
    CHECK(*item.thread.in_reply_to == "p@x.example");
    CHECK(*item.thread.references == std::vector<std::string>{"r@x.example"});
    CHECK(*item.sensitivity == Sensitivity::confidential);
    CHECK(*item.message().message_class == "IPM.Schedule.Meeting.Request");
    CHECK(*item.message().size == 12);
}

TEST_CASE("an unknown sensitivity is not said, so that rules keep away")
{
    const Item item = read(R"({"id": "A", "singleValueExtendedProperties":
                               [{"id": "Integer 0x36", "value": "9"}]})");

    CHECK(item.unreadable.empty());
    CHECK_FALSE(item.sensitivity.said());
}

TEST_CASE("dates have none to seven fraction digits")
{
    CHECK(*read(R"({"id": "A", "sentDateTime": "2026-03-02T09:15:06.5Z"})").message().sent_at ==
          at("2026-03-02T09:15:06.5Z"));
    CHECK(
        *read(R"({"id": "A", "sentDateTime": "2026-03-02T09:15:06.0000000Z"})").message().sent_at ==
        at("2026-03-02T09:15:06Z"));
}

TEST_CASE("a date that none can be says that there is none")
{
    for (const std::string_view none :
         {R"("0001-01-01T00:00:00Z")", R"("0001-01-01T00:00:00")", R"("1601-01-01T00:00:00Z")",
          R"("1969-12-31T23:59:59Z")", R"("2200-01-01T00:00:00Z")", R"("4501-01-01T00:00:00Z")",
          R"("9999-12-31T23:59:59.9999999Z")", R"("2026-13-45T00:00:00Z")",
          R"("2014-02-30T10:00:00")", R"("soon")", R"("")", "17", "[]", "null"}) {
        const Item item = read(fmt::format(R"({{"id": "A", "sentDateTime": {0},
            "receivedDateTime": {0}, "createdDateTime": "2026-03-02T09:15:06Z"}})",
                                           none));
        INFO(none);
        CHECK(item.unreadable.empty());
        CHECK(item.message().sent_at.said());
        CHECK_FALSE(item.message().sent_at.has_value());
        CHECK(item.message().received_at.said());
        CHECK_FALSE(item.message().received_at.has_value());
        CHECK(item.happened_at() == at("2026-03-02T09:15:06Z"));
    }
    CHECK(read(R"({"id": "A", "sentDateTime": "1970-01-01T00:00:00Z"})").happened_at());
    CHECK(read(R"({"id": "A", "sentDateTime": "2199-12-31T23:59:59Z"})").happened_at());
}

TEST_CASE("a date without a zone is one of UTC, as all of Graph's are")
{
    for (const std::string_view text : {"2014-03-05T10:00:00", "2014-03-05T10:00:00.0000000"}) {
        const Item item = read(fmt::format(R"({{"id": "A", "receivedDateTime": "{}"}})", text));
        CHECK(item.unreadable.empty());
        CHECK(*item.message().received_at == at("2014-03-05T10:00:00Z"));
    }
}

TEST_CASE("a value that cannot be sets an item aside where nothing may be guessed in its place")
{
    const std::pair<std::string, std::string_view> rows[] = {
        {R"("changeKey": 3)", "changeKey is no text"},
        {R"("parentFolderId": [])", "parentFolderId is no id"},
        {R"("categories": "red")", "categories is no list"},
        {R"("categories": ["blue", 1])", "categories holds something that is no text"},
        {R"("isDraft": "perhaps")", "isDraft is neither true nor false"},
        {R"("isDraft": null)", "isDraft is neither true nor false"},
        {R"("singleValueExtendedProperties": {})", "singleValueExtendedProperties is no list"},
        {extended("String 0x1A", "17"), "message class is no text"},
        {extended("Integer 0x36", R"("secret")"), "sensitivity is no number"},
        {extended("Integer 0x36", "[2]"), "sensitivity is no number"},
        {R"("from": "ann")", "from holds something that is no recipient"},
        {R"("from": {"emailAddress": "ann"})", "from holds something that is no recipient"},
        {R"("sender": 1)", "sender holds something that is no recipient"},
        {R"("toRecipients": "kim")", "toRecipients is no list"},
        {R"("toRecipients": [{"emailAddress": {"name": "Bo", "address": 17}}])",
         "toRecipients holds something that is no recipient"},
        {R"("ccRecipients": [17])", "ccRecipients holds something that is no recipient"},
        {R"("bccRecipients": {})", "bccRecipients is no list"},
        {R"("internetMessageId": 1)", "internetMessageId is no text"},
        {R"("subject": {"text": 1})", "subject is no text"},
    };
    for (const auto& [row, reason] : rows) {
        const Item item = read(fmt::format(R"({{"id": "A", {}, "conversationId": "C"}})", row));
        CHECK(item.unreadable == reason);
        CHECK(item.key.id == "A");
        CHECK(*item.thread.conversation_id == "C");
    }
}

TEST_CASE("a value that cannot be is not said where the item can be decided without it")
{
    const Item item =
        read(R"({"id": "A", "subject": "S", "@odata.etag": 3, "createdDateTime": "soon",
             "lastModifiedDateTime": 17, "conversationId": [], "conversationIndex": 17,
             "replyTo": "ann@x.example", "hasAttachments": "some",
             "singleValueExtendedProperties": [{"id": "String 0x1042", "value": 1},
                 {"id": "String 0x1039", "value": ["<a@x>"]},
                 {"id": "Integer 0xE08", "value": "large"},
                 {"id": "String 0x1A", "value": "IPM.Note"}]})");

    CHECK(item.unreadable.empty());
    CHECK(*item.subject == "S");
    CHECK(*item.message().message_class == "IPM.Note");
    CHECK_FALSE(item.version.said());
    CHECK_FALSE(item.created_at.has_value());
    CHECK_FALSE(item.modified_at.has_value());
    CHECK_FALSE(item.thread.conversation_id.said());
    CHECK_FALSE(item.thread.conversation_index.said());
    CHECK_FALSE(item.participants.reply_to.said());
    CHECK_FALSE(item.message().has_attachments.said());
    CHECK_FALSE(item.thread.in_reply_to.said());
    CHECK_FALSE(item.thread.references.said());
    CHECK_FALSE(item.message().size.said());

    CHECK_FALSE(read(R"({"id": "A", "replyTo": [{}, 17]})").participants.reply_to.said());
}

TEST_CASE("a flag written as a text is a flag")
{
    CHECK(*read(R"({"id": "A", "isDraft": "true"})").message().draft == true);
    CHECK(*read(R"({"id": "A", "isDraft": "False"})").message().draft == false);
}

TEST_CASE("what has no id is no item")
{
    for (const std::string_view text :
         {R"({"subject": "x"})", R"({"id": ""})", R"({"id": 3})", "17", "[]"})
        CHECK_FALSE(read_message(parse_document(text)->root(), mailbox, Completeness::partial));
}

TEST_CASE("the version comes from the etag where there is no change key, whichever stands first")
{
    CHECK(*read(R"({"id": "A", "@odata.etag": "W/\"E1\""})").version == Version("E1"));
    CHECK(*read(R"({"id": "A", "@odata.etag": "W/\"E1\"", "changeKey": "K1"})").version ==
          Version("K1"));
    CHECK(*read(R"({"id": "A", "changeKey": "K1", "@odata.etag": "W/\"E1\""})").version ==
          Version("K1"));
}

TEST_CASE("recipients without anybody in them are left out and odd addresses are kept as they are")
{
    const Item item = read(R"({"id": "A", "toRecipients": [
        {"emailAddress": {"name": null, "address": null}}, {}, null,
        {"emailAddress": {"name": "Old", "address": "/O=EXCHANGELABS/OU=X/CN=RECIPIENTS/CN=old"}},
        {"emailAddress": {"name": "Only a name"}}]})");

    REQUIRE(item.participants.to->size() == 2);
    CHECK(item.participants.to->front().address == "/O=EXCHANGELABS/OU=X/CN=RECIPIENTS/CN=old");
    CHECK(item.participants.to->back() == Participant{Role::to, "", "Only a name"});
}

TEST_CASE("500 recipients are 500 participants")
{
    std::string list;
    for (int i = 0; i < 500; ++i)
        list +=
            fmt::format(R"({}{{"emailAddress": {{"address": "p{}@x.example"}}}})", i ? "," : "", i);

    CHECK(read(R"({"id": "A", "toRecipients": [)" + list + "]}").participants.to->size() == 500);
}

TEST_CASE("control characters, NUL and broken UTF-8 do not get through")
{
    const Item item = read("{\"id\": \"A\", \"subject\": \"a\\u0000b\\u0007c caf\xE9\", "
                           "\"categories\": [\"r\\u0000ed\"]}");

    CHECK(*item.subject == "abc caf\uFFFD");
    CHECK(item.categories->front() == "red");
}

TEST_CASE("Message-IDs lose their brackets and keep the case of the part before the @")
{
    CHECK(normal_message_id(" <AbC@X.Example> ") == "AbC@x.example");
    CHECK(normal_message_id("AbC@X.Example") == "AbC@x.example");
    CHECK(normal_message_id("<no-at-sign>") == "no-at-sign");
    CHECK(normal_message_id("<a@b@C.Example>") == "a@b@c.example");
    CHECK(normal_message_id("") == "");
}

TEST_CASE("References are split at brackets, blanks, commas and broken ends")
{
    using Ids = std::vector<std::string>;
    CHECK(split_message_ids("<a@x>\r\n\t<b@x>") == Ids{"a@x", "b@x"});
    CHECK(split_message_ids("<a@x><b@x>") == Ids{"a@x", "b@x"});
    CHECK(split_message_ids("<a@x>,<b@x>") == Ids{"a@x", "b@x"});
    CHECK(split_message_ids("a@x b@x") == Ids{"a@x", "b@x"});
    CHECK(split_message_ids("Your message of Monday <a@x>") == Ids{"a@x"});
    CHECK(split_message_ids("<a@x> <b@x") == Ids{"a@x", "b@x"});
    CHECK(split_message_ids("<>").empty());
    CHECK(split_message_ids(" \r\n ").empty());
}

TEST_CASE("asked for by id, an extended property that is not there does not exist")
{
    const Item by_id = read(R"({"id": "A"})", Completeness::by_id);

    CHECK(by_id.thread.in_reply_to.said());
    CHECK_FALSE(by_id.thread.in_reply_to.has_value());
    CHECK(by_id.thread.references.said());
    CHECK_FALSE(by_id.sensitivity.said());
    CHECK_FALSE(by_id.message().automatic.said());
    CHECK_FALSE(by_id.participants.to.said());
}

TEST_CASE("property tags are numbers, and named properties have none")
{
    CHECK(property_tag("String 0x1042") == 0x1042u);
    CHECK(property_tag("integer  0X0E08") == 0xE08u);
    CHECK(property_tag("String 0x1042001F") == 0x1042u);
    CHECK_FALSE(property_tag("String {0} Name X"));
    CHECK_FALSE(property_tag("0x1042"));
    CHECK_FALSE(property_tag("String 0x"));
    CHECK_FALSE(property_tag("String 0x10zz"));
    CHECK_FALSE(property_tag(""));
}

TEST_CASE("an empty Message-ID is none")
{
    const Item item = read(R"({"id": "A1", "internetMessageId": ""})");
    CHECK(item.thread.message_id.said());
    CHECK_FALSE(item.thread.message_id.has_value());
}
