// schema/asyncapi names what clients may ask: the words of the vocabulary, no more and no fewer.

#include "gateway/bridge/wording.hpp"
#include "gateway/rest/documents.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley::gateway;

TEST_CASE("every word that is understood is in schema/asyncapi, and nothing else is asked there") {
  std::set<std::string> understood;
  for (const auto& words :
       {wording::people_words(), wording::room_words(), wording::lounge_words(), wording::booking_words()})
    for (const auto& word : words) understood.emplace(word.event);
  std::set<std::string> documented;
  const auto document = joined_document(asyncapi_parts());
  for (const auto& [name, message] : document.at("components").at("messages").items())
    if (name.ends_with(".ask")) documented.insert(message.at("name").get<std::string>());
  CHECK(understood == documented);
}
